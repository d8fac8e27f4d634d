//! One round: every measurement once, the hall's beside those of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use protocol::Role;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::bare::{Bare, Rows};
use crate::client::{Client, request, take};
use crate::echo::{Texts, echo};
use crate::process::{Hall, Memory};
use crate::sample::Sample;
use crate::{hall_file, load, to_wall};

/// How many clients there are at once, and how many takes share a bare transaction.
pub const CLIENTS: [u16; 3] = [1, 8, 32];

/// How long the hall, the disk, and the network are measured at a time.
const HALL: Duration = Duration::from_millis(500);
const DISK: Duration = Duration::from_millis(400);
const NETWORK: Duration = Duration::from_millis(300);

/// Calls in a quiet hall are few.
const QUIET_HALL: Duration = Duration::from_millis(1_000);

/// What every round needs.
pub struct Bench<'a> {
    runtime: &'a Runtime,
    folder: &'a Path,
    settings: PathBuf,
    rows: Rows,
    texts: Texts,
}

/// What one round gives; the arrays are in the order of [`CLIENTS`].
pub struct Round {
    pub takes: [Sample; 3],
    pub calls: [Sample; 3],
    pub bare: [Sample; 3],
    pub echo: Sample,
    pub wall_quiet: Sample,
    pub wall_busy: Sample,
    pub memory: Memory,
}

impl<'a> Bench<'a> {
    /// Has a hall issue one ticket, to know what travels and what is stored for it.
    pub fn prepare(runtime: &'a Runtime, folder: &'a Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let settings = folder.join("hall.toml");
        let most = CLIENTS.iter().max().copied().unwrap_or(1);
        fs::write(&settings, hall_file::text(most))?;
        let data = TempDir::new_in(folder)?;
        let hall = Hall::start(data.path(), &settings)?;
        let texts = runtime
            .block_on(one_take(&hall.url))
            .context("the first ticket")?;
        drop(hall);
        Ok(Self {
            runtime,
            folder,
            settings,
            rows: Rows::of(&data.path().join(store::FILE_NAME))?,
            texts,
        })
    }

    pub fn round(&self) -> Result<Round> {
        let data = TempDir::new_in(self.folder)?;
        let hall = Hall::start(&data.path().join("hall"), &self.settings)?;
        let mut bare = Bare::open(&data.path().join("bare.sqlite"), &self.rows)?;
        let run = self.runtime;
        let (mut takes, mut calls, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        let network = run.block_on(echo(&self.texts, NETWORK))?;
        for clients in CLIENTS {
            let kiosks = usize::from(clients);
            takes.push(run.block_on(load::takes(&hall.url, kiosks, HALL))?);
            alone.push(bare.append(kiosks, DISK)?);
            calls.push(run.block_on(load::calls(&hall.url, clients, HALL))?);
        }
        run.block_on(load::takes(&hall.url, 8, HALL))?;
        Ok(Round {
            takes: three(takes)?,
            calls: three(calls)?,
            bare: three(alone)?,
            echo: network,
            wall_quiet: run.block_on(to_wall::quiet(&hall.url, QUIET_HALL))?,
            wall_busy: run.block_on(to_wall::busy(&hall.url, HALL))?,
            memory: hall.memory()?,
        })
    }
}

async fn one_take(url: &str) -> Result<Texts> {
    let mut kiosk = Client::join(url, Role::Kiosk, "kiosk-1").await?;
    let request = request(take(1))?;
    kiosk.say(request.clone()).await?;
    let answer = kiosk.answer().await?.to_string();
    Ok(Texts { request, answer })
}

fn three(samples: Vec<Sample>) -> Result<[Sample; 3]> {
    samples.try_into().ok().context("one sample for each")
}
