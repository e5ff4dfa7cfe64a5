//! Integration tests.
mod support;
mod explore;
