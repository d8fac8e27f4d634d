use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use hall::caretaker::{Caretaker, Rounds};
use hall::server::Certificate;
use hall::{Clock, HallSettings, Server, wording};
use store::Store;
use tokio::signal::unix::{SignalKind, signal};

use super::notify;

/// Run the hall.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The hall's settings, in TOML; without it the default hall
    #[arg(long)]
    settings: Option<PathBuf>,
    /// The folder in which the hall keeps its memory
    #[arg(long, default_value = "paihao-data")]
    data: PathBuf,
    /// Listen here instead of where the settings say; port 0 takes a free one
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Believe every program on this machine, and people without a PIN while none are named: to try the
    /// hall out, and never for customers
    #[arg(long)]
    trial: bool,
    /// Print the address as the first line of the output, for a program that starts the hall
    #[arg(long)]
    print_address: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::log::start();
        let mut settings = super::read_settings(self.settings.as_deref())?;
        settings.listen = self.listen.unwrap_or(settings.listen);
        settings.trust.trial = self.trial;
        let store = Store::open(&self.data)?;
        let clock = clock(&settings, &store)?;
        super::threads::runtime()?.block_on(self.serve(settings, store, clock))
    }

    async fn serve(self, settings: HallSettings, store: Store, clock: Clock) -> anyhow::Result<()> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let name = settings.name.clone();
        self.mind_the_certificate(&store)?;
        let certificate = Certificate::open(&self.data)?;
        let fingerprint = certificate.fingerprint();
        let rounds = Rounds::new(settings.clone(), &self.data);
        let caretakers_clock = clock.clone();
        let mut server = Server::start_with(settings, store, clock, Some(certificate)).await?;
        let _caretaker = Caretaker::start(rounds, caretakers_clock, server.hears_of_memory())
            .context("the system gives no thread for looking after the hall's memory")?;
        tracing::info!(
            "{} ({}) serves {}, memory in {}",
            name.zh,
            name.en,
            server.url(),
            self.data.display()
        );
        server.open_admin(&self.data)?;
        self.say_who_is_let_in();
        tracing::info!("paired devices know it by its certificate: SHA-256 {fingerprint}");
        if self.print_address {
            println!("{}", server.url());
        }
        notify::ready(&server.url());
        let pulse = server.pulse();
        tokio::select! {
            ended = server.ended() => {
                ended?;
                anyhow::bail!("the hall's writer has ended. What was confirmed is on disk: start the hall again.");
            }
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = notify::watch(pulse) => {}
        }
        notify::stopping();
        tracing::info!("the hall stops");
        Ok(server.stop().await?)
    }
}

impl Serve {
    /// A certificate that is made now is none that a paired device knows.
    fn mind_the_certificate(&self, store: &Store) -> anyhow::Result<()> {
        let devices = store.trusted()?.devices.len() as u64;
        if devices > 0 && Certificate::find(&self.data)?.is_none() {
            tracing::error!(
                "the hall's certificate is gone, and a new one is made: {} paired with the old one take it for another hall and stay away. Stop the hall and bring the folder tls back from a copy; or pair them anew.",
                wording::count(devices, "device")
            );
        }
        Ok(())
    }

    fn say_who_is_let_in(&self) {
        if self.trial {
            tracing::warn!(
                "ON TRIAL: every program on this machine is believed without a key, and screens say so. Start the hall without --trial before customers come."
            );
        } else {
            tracing::info!(
                "only paired devices and people with a PIN are let in: see hall devices and hall people list"
            );
        }
    }
}

/// The steady clock goes on where the journal ends.
fn clock(settings: &HallSettings, store: &Store) -> anyhow::Result<Clock> {
    let last = store.last_moment()?;
    Ok(Clock::new(
        settings.time_zone.clone(),
        settings.day_turns_at,
        last,
    ))
}
