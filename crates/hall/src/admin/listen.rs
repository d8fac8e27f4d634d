//! The hall's side: a socket that only the hall's own user may open.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protocol::Secret;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task;

use super::{Answer, Ask, MAX_LINE_BYTES, Order, SOCKET};
use crate::trust::pairing::{self, PairingKey};
use crate::trust::{CODE_LIFE_MS, people};

/// Commands at the same time. There is one administrator, and scripts.
const AT_ONCE: usize = 8;

/// Where orders go.
pub(crate) trait Admin: Send + Sync + 'static {
    /// Has the hall do it, and gives what it says. `actor` is who wants it.
    fn order(&self, actor: String, order: Order) -> impl Future<Output = Answer> + Send;
}

/// Why there is no socket. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The folder cannot be shut.
    #[error(
        "{} cannot be shut to others: {reason}. It must belong to the user as whom the hall runs.",
        folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The socket cannot be made.
    #[error(
        "{} cannot be made: {reason}. Without it nobody could pair a device: choose another data folder with --data, with a shorter path.",
        socket.display()
    )]
    Socket {
        /// The socket.
        socket: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// Listens in a data folder, which is shut to everybody else first. The folder's lock is held, so a
/// socket that is there was left behind.
pub(crate) fn listen(folder: &Path, admin: impl Admin) -> Result<(), Refused> {
    shut(folder).map_err(|reason| Refused::Folder {
        folder: folder.to_owned(),
        reason,
    })?;
    let socket = folder.join(SOCKET);
    let listener = bind(&socket).map_err(|reason| Refused::Socket { socket, reason })?;
    tokio::spawn(accept(listener, Arc::new(admin)));
    Ok(())
}

fn shut(folder: &Path) -> io::Result<()> {
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(
            "{} was open to other users of this machine: it is shut now",
            folder.display()
        );
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn bind(socket: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    fs::set_permissions(socket, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn accept(listener: UnixListener, admin: Arc<impl Admin>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let admin = Arc::clone(&admin);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &*admin).await {
                        tracing::warn!("a command of the administrator broke off: {error}");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!("a command of the administrator cannot be taken: {error}");
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
        }
    }
}

async fn serve(mut stream: UnixStream, admin: &impl Admin) -> io::Result<()> {
    let actor = match stream.peer_cred() {
        Ok(who) => format!("admin:uid-{}", who.uid()),
        Err(_) => "admin".to_owned(),
    };
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    BufReader::new(reading.take(MAX_LINE_BYTES))
        .read_line(&mut line)
        .await?;
    let answer = match serde_json::from_str(&line) {
        Ok(ask) => answer(ask, actor, admin).await,
        Err(error) => Answer::refused(format!(
            "the hall does not understand this command: {error}. Use the hall program of the same release."
        )),
    };
    let mut line = serde_json::to_string(&answer)?;
    line.push('\n');
    writing.write_all(line.as_bytes()).await
}

/// Does what takes chance or long, which the hall's loop has neither of.
async fn answer(ask: Ask, actor: String, admin: &impl Admin) -> Answer {
    match ask {
        Ask::Pair {
            device,
            role,
            counter,
        } => {
            // The name is part of what is made of the code, and is kept without spaces around it.
            let device = device.trim().to_owned();
            let code = pairing::code(rand::random());
            let key = {
                let (code, device) = (code.clone(), device.clone());
                let work = task::spawn_blocking(move || PairingKey::new(&code, &device));
                match work.await {
                    Ok(key) => key,
                    Err(error) => return Answer::refused(error.to_string()),
                }
            };
            let order = Order::Pair {
                device,
                role,
                counter,
                key,
            };
            match admin.order(actor, order).await {
                Answer::Done {} => Answer::Code {
                    code: Secret::new(code),
                    minutes: CODE_LIFE_MS / 60_000,
                },
                other => other,
            }
        }
        Ask::Devices {} => admin.order(actor, Order::Devices).await,
        Ask::Revoke { device } => admin.order(actor, Order::Revoke { device }).await,
        Ask::People {} => admin.order(actor, Order::People).await,
        Ask::AddPerson { person, role, pin } => match kept(pin).await {
            Ok(pin) => {
                let order = Order::AddPerson { person, role, pin };
                admin.order(actor, order).await
            }
            Err(why) => Answer::refused(why),
        },
        Ask::SetPin { person, pin } => match kept(pin).await {
            Ok(pin) => admin.order(actor, Order::SetPin { person, pin }).await,
            Err(why) => Answer::refused(why),
        },
        Ask::RemovePerson { person } => admin.order(actor, Order::RemovePerson { person }).await,
        Ask::Unlock { person } => admin.order(actor, Order::Unlock { person }).await,
    }
}

async fn kept(pin: Secret) -> Result<String, String> {
    people::check(pin.reveal()).map_err(|bad| bad.to_string())?;
    let work = task::spawn_blocking(move || people::hash(pin.reveal(), rand::random()));
    work.await.map_err(|error| error.to_string())
}
