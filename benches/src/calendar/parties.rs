//! Who strikes, against whom, and who watches over it.

use crate::document::Document;
use crate::words::{REGIONS, SECTORS, UNIONS};

/// The slug of the authority that watches over strikes in public services.
pub(crate) const AUTHORITY: &str = "commissione-di-garanzia";

pub(crate) fn employer(sector: u64, region: Option<u64>) -> String {
    match region {
        Some(region) => format!("e-{sector}-{region}"),
        None => format!("e-{sector}"),
    }
}

pub(crate) fn union(n: u64) -> String {
    format!("u-{n}")
}

pub(crate) fn all() -> Vec<Document> {
    let mut all = vec![party(AUTHORITY, "Commissione di garanzia sciopero", "regulator")];
    for (n, name) in UNIONS.iter().enumerate() {
        all.push(party(&union(n as u64), name, "union"));
    }
    for (n, sector) in SECTORS.iter().enumerate() {
        let name = format!("{sector}: parte datoriale nazionale");
        all.push(party(&employer(n as u64, None), &name, "association"));
        for (m, region) in REGIONS.iter().enumerate() {
            let slug = employer(n as u64, Some(m as u64));
            let named = party(&slug, &format!("{sector}, {region}"), "employer");
            all.push(named.text("parent", employer(n as u64, None)));
        }
    }
    all
}

fn party(slug: &str, name: &str, role: &str) -> Document {
    Document::new("party").text("party", slug).text("name", name).text("role", role)
}
