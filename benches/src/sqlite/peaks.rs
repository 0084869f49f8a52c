//! The edge of the tree in a form that fits one column.

use dispute_core::TreeHash;

/// The hashes of the complete subtrees that a tree is made of, the largest first.
#[derive(Default)]
pub(crate) struct Peaks {
    size: u64,
    hashes: Vec<TreeHash>,
}

impl Peaks {
    pub(crate) fn read(size: u64, bytes: &[u8]) -> Self {
        let (hashes, _) = bytes.as_chunks::<32>();
        Self { size, hashes: hashes.iter().copied().map(TreeHash::from_bytes).collect() }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(TreeHash::as_bytes).copied().collect()
    }

    /// Appends a leaf. Answers the subtree of 256 leaves or of 65,536 that it completes.
    pub(crate) fn push(&mut self, leaf: TreeHash) -> Vec<(u32, TreeHash)> {
        let mut completed = Vec::new();
        let mut node = leaf;
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.hashes.pop() else { break };
            node = TreeHash::of_node(&left, &node);
            if height % 8 == 0 {
                completed.push((height, node));
            }
        }
        self.hashes.push(node);
        self.size += 1;
        completed
    }
}
