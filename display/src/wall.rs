//! The wall without its window: controller, speaker and record, tied together.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use client::Language;

use crate::controller::{Controller, Effect, Event};
use crate::record::Recorder;
use crate::settings::SoundSettings;
use crate::speaker::{Speaker, Told};
use crate::view::View;

/// A wall that hears of the hall through [`Wall::take`].
#[derive(Debug)]
pub struct Wall {
    controller: Controller,
    speaker: Speaker,
    recorder: Option<Recorder>,
    leading: Language,
    is_silent: bool,
}

impl Wall {
    /// A wall with its speaker running. `tell` brings what the speaker tells back to
    /// [`Wall::take`] as [`Event::Sound`]; it is called on the speaker's thread.
    ///
    /// # Errors
    /// If the folder of announcements cannot be written, or there is no thread to be had.
    pub fn start(
        sound: &SoundSettings,
        announcements: Option<PathBuf>,
        leading: Language,
        tell: impl Fn(Told) + Send + 'static,
    ) -> io::Result<Self> {
        let recorder = announcements.as_deref().map(Recorder::open).transpose()?;
        let last_id = recorder.as_ref().map_or(0, Recorder::last_id);
        let speaker = Speaker::start(sound.studio(announcements), sound.player(), tell)?;
        Ok(Self {
            controller: Controller::new(Instant::now(), last_id),
            speaker,
            recorder,
            leading,
            is_silent: sound.player.is_empty(),
        })
    }

    /// Takes in an event and does what follows from it.
    pub fn take(&mut self, event: Event) {
        for effect in self.controller.update(event, Instant::now()) {
            match effect {
                Effect::Sound(order) => self.speaker.order(order),
                Effect::Record {
                    announcement,
                    verdict,
                    shown_at_ms,
                } => {
                    let recorder = self.recorder.as_mut();
                    let added = recorder.map(|it| it.add(&announcement, &verdict, shown_at_ms));
                    if let Some(Err(error)) = added {
                        tracing::error!(%error, "the record of announcements cannot be written");
                    }
                }
                Effect::Log {
                    trouble: true,
                    message,
                } => tracing::warn!("{message}"),
                Effect::Log { message, .. } => tracing::info!("{message}"),
            }
        }
    }

    /// What stands on the wall now.
    #[must_use]
    pub fn view(&self) -> View {
        let mut view = self.controller.view(Instant::now(), self.leading);
        if self.is_silent {
            view.sound = None; // it is meant to be
        }
        view
    }
}
