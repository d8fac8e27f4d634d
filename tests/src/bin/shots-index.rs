//! Makes the index page of the pictures that `cargo xtask shots` drew.

fn main() -> anyhow::Result<()> {
    let index = e2e::pictures::write_index(&e2e::pictures::shots_folder())?;
    println!("{}", index.display());
    Ok(())
}
