//! What is promised of the binary, a file a promise, in one test program.
#![cfg(test)]

mod backups;
mod corrections;
mod cosigning;
mod docket;
mod exit_codes;
mod explanations;
mod imports;
mod kaiser;
mod kinds;
mod mill;
mod names;
mod output;
mod parties;
mod prefixes;
mod proofs;
mod redactions;
mod support;
mod two_clocks;
