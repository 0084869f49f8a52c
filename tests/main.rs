//! What is promised of the binary, a file a promise, in one test program.
#![cfg(test)]

mod kaiser;
mod kinds;
mod support;
