//! A table in plain text whose columns stand under each other also in Chinese, of which a character
//! takes two places of a terminal.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// Spaces before a row and between its cells.
const GAP: &str = "  ";

/// Rows of cells under their heads.
pub(crate) struct Columns {
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// A table without rows.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let heads = heads.iter().map(ToString::to_string).collect();
        Self { rows: vec![heads] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no row under its heads.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> = (0..self.rows[0].len())
            .map(|column| self.width(column))
            .collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let padding = " ".repeat(width - cell.width());
                line.extend([GAP, cell, &padding]);
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_in_both_scripts() {
        let mut columns = Columns::new(&["Class", "Number"]);
        assert!(columns.is_empty());
        for cells in [["普通客户", "A012"], ["VIP", "V001"]] {
            columns.row(cells.map(str::to_owned));
        }
        let expected = "  Class     Number\n  普通客户  A012\n  VIP       V001\n";
        assert_eq!(columns.to_string(), expected);
    }
}
