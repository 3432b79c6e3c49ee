//! Requests of clients that are too large to install, recorded byte for byte.
