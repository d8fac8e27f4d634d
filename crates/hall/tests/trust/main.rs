//! Nobody gets in: a strict hall, met by strangers, by thieves, and by those who belong there. `SECURITY.md`
//! names the test of each row of its table.

mod guest;
mod hall_of_ours;
mod machine;
mod page;
mod people;
mod process;
mod rights_table;
mod secrets;
mod web_page;
