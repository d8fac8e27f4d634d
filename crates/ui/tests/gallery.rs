//! The gallery uses every widget; that it compiles without a warning says that the library is whole.

#[test]
fn gallery_compiles_without_a_warning() {
    let out = tempfile::tempdir().unwrap();
    let gallery = ui::library_path().join("gallery.slint");
    slint_build::compile_with_output_path(
        gallery,
        out.path().join("gallery.rs"),
        slint_build::CompilerConfiguration::new(),
    )
    .expect("gallery.slint compiles");
}
