use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use hall::export::{self, HEADS};
use tempfile::NamedTempFile;

use super::record::Record;

/// By it Excel knows that a file is UTF-8, and shows Chinese.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Write the tickets of a day to a file for a spreadsheet, one row each.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The business day, such as 2026-11-22
    #[arg(long)]
    day: jiff::civil::Date,
    /// The file, which is replaced if it is there
    #[arg(long)]
    csv: PathBuf,
    #[command(flatten)]
    record: Record,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (settings, archive) = self.record.open()?;
        let mut day = export::Export::new(&settings);
        archive.replay_day(super::business_day(self.day), None, |recorded| {
            day.take(&recorded);
        })?;
        let rows = day.rows();
        let unwritable = || {
            let file = self.csv.display();
            format!("{file} cannot be written. Name another file with --csv")
        };
        write(&self.csv, &rows).with_context(unwritable)?;
        let file = self.csv.display();
        super::answer(&format!(
            "{file} has the {} tickets of {}.\n",
            rows.len(),
            self.day
        ))
    }
}

/// Under its name stands a whole file or the one before.
fn write(file: &Path, rows: &[[String; HEADS.len()]]) -> anyhow::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut part = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    part.write_all(BYTE_ORDER_MARK)?;
    let mut table = csv::Writer::from_writer(&mut part);
    table.write_record(HEADS)?;
    for row in rows {
        table.write_record(row.iter().map(|cell| no_formula(cell)))?;
    }
    table.flush()?;
    drop(table);
    part.as_file().sync_all()?;
    part.persist(file)?;
    Ok(())
}

/// A spreadsheet takes a text for a formula that begins with one of these, and a formula can run programs. An
/// apostrophe in front says that it is a text.
fn no_formula(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let name = "=HYPERLINK(\"http://evil.example\")";
        for text in [name, "+1", "-1+1", "@SUM(A1)", "\t=1"] {
            assert_eq!(no_formula(text), format!("'{text}"));
        }
        for text in ["王芳", "A001", "2026-11-22 09:00:00", "12", ""] {
            assert_eq!(no_formula(text), text);
        }
    }
}
