//! The question over the page.

use super::{ChoiceView, FieldView, SheetView};
use crate::Controller;
use crate::sheet::Choice;

impl Controller {
    pub(super) fn sheet_view(&self, note: &str) -> Option<SheetView> {
        let open = self.sheet.as_ref()?;
        let question = self.question()?;
        Some(SheetView {
            place: open.place,
            title: question.title,
            lines: question.lines.join("\n"),
            note: note.to_owned(),
            choices: question.choices.into_iter().map(choice).collect(),
            field: question.field.map(|field| FieldView {
                label: field.label,
                hint: field.hint,
                text: open.text.clone(),
                button: field.button,
                first: field.first,
            }),
        })
    }
}

fn choice(choice: Choice) -> ChoiceView {
    ChoiceView {
        key: choice.key,
        text: choice.text,
        detail: choice.detail,
        enabled: choice.enabled,
        on: choice.on,
    }
}
