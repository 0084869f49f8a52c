//! Rows of a part of the state, each made by one event, in effective order.

use std::collections::HashMap;

/// Rows by the position of the event that made each.
#[derive(Debug)]
pub(crate) struct Rows<R> {
    rows: Vec<Option<R>>,
    places: HashMap<usize, usize>,
    /// The positions whose rows may have changed since somebody asked.
    touched: Vec<usize>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: HashMap::new(), touched: Vec::new() }
    }
}

impl<R> Rows<R> {
    pub(crate) fn put(&mut self, n: usize, row: R) {
        self.places.insert(n, self.rows.len());
        self.rows.push(Some(row));
        self.touched.push(n);
    }

    pub(crate) fn get(&self, n: usize) -> Option<&R> {
        self.places.get(&n).and_then(|place| self.rows.get(*place)?.as_ref())
    }

    pub(crate) fn get_mut(&mut self, n: usize) -> Option<&mut R> {
        let row = self.places.get(&n).and_then(|place| self.rows.get_mut(*place)?.as_mut());
        if row.is_some() {
            self.touched.push(n);
        }
        row
    }

    pub(crate) fn remove(&mut self, n: usize) {
        if let Some(row) = self.places.get(&n).and_then(|place| self.rows.get_mut(*place)) {
            *row = None;
            self.touched.push(n);
        }
    }

    /// The rows in effective order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.iter().flatten()
    }

    /// The rows at some positions, in effective order.
    pub(crate) fn in_order(&self, positions: &[usize]) -> Vec<&R> {
        let mut places: Vec<usize> =
            positions.iter().filter_map(|n| self.places.get(n).copied()).collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| self.rows.get(place)?.as_ref()).collect()
    }

    pub(crate) fn into_vec(self) -> Vec<R> {
        self.rows.into_iter().flatten().collect()
    }

    /// The positions whose rows may have changed since this was last asked.
    pub(crate) fn take_touched(&mut self) -> Vec<usize> {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        touched
    }
}
