//! A client's connection to the hall: comes back by itself, resumes, never sends a thing twice.
