//! The hall's memory: one SQLite file, one writer.
