//! Compiles the program's window, with the shared look as `@ui` and its texts bundled.

use std::collections::HashMap;

fn main() -> Result<(), slint_build::CompileError> {
    let libraries = HashMap::from([("ui".to_owned(), ui::library_path())]);
    let settings = slint_build::CompilerConfiguration::new()
        .with_library_paths(libraries)
        .with_bundled_translations("lang")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(true);
    slint_build::compile_with_config("ui/counter.slint", settings)
}
