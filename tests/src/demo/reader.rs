//! Reads a program's window as a screen reader does: over AT-SPI, which every Slint program speaks.
//!
//! A private message bus stands in for the desktop's. The demo says there that somebody with a
//! screen reader is present, and plays the registry to which programs then announce themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::Runtime;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, connection, interface};

use super::process::{Process, terminate, wait_for};

/// How long a program may take from its start until it can be read.
const APPEAR_LIMIT: Duration = Duration::from_secs(60);

/// An object of a program: the program's name on the bus, and the object's path in it.
type Object = (String, OwnedObjectPath);

/// One thing on a page, as a screen reader is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub role: Role,
    /// Its label.
    pub name: String,
    object: Object,
}

/// What an element is, as AT-SPI numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role(u32);

impl Role {
    /// Something to press.
    pub const BUTTON: Self = Self(43);
}

/// A place in a window, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Area {
    /// The middle, where a finger goes.
    #[must_use]
    pub fn middle(&self) -> (f64, f64) {
        (
            f64::from(self.x) + f64::from(self.width) / 2.0,
            f64::from(self.y) + f64::from(self.height) / 2.0,
        )
    }
}

/// Somebody who reads the windows of programs.
pub struct Reader {
    // Fields are dropped in order: the connection before the bus that it hangs on.
    connection: Connection,
    announced: mpsc::Receiver<Object>,
    programs: BTreeMap<u32, Object>,
    runtime: Runtime,
    _bus: Bus,
}

impl Reader {
    /// Starts the bus and waits for programs.
    ///
    /// # Errors
    /// If the bus daemon is not installed or does not come up.
    pub fn new() -> Result<Self> {
        let bus = Bus::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (announce, announced) = mpsc::channel();
        let connection = runtime
            .block_on(serve(&bus.address, announce))
            .context("speak on the message bus")?;
        Ok(Self {
            connection,
            announced,
            programs: BTreeMap::new(),
            runtime,
            _bus: bus,
        })
    }

    /// Makes a program that is about to be started announce itself here.
    pub fn invite<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self._bus.address)
            .env("AT_SPI_BUS_ADDRESS", &self._bus.address)
    }

    /// Everything on the page that a running program shows, in the order of reading.
    ///
    /// # Errors
    /// If the program ended or does not announce itself.
    pub fn page(&mut self, program: &mut Process) -> Result<Vec<Element>> {
        let root = self.root(program)?;
        self.runtime
            .block_on(elements(&self.connection, root))
            .with_context(|| format!("read the page of {}", program.name()))
    }

    /// Where an element is on the screen. `None` if the page has changed and it is no more.
    pub fn area(&self, element: &Element) -> Option<Area> {
        const ON_THE_SCREEN: u32 = 0;
        let asked = call(
            &self.connection,
            &element.object,
            "org.a11y.atspi.Component",
            "GetExtents",
            &ON_THE_SCREEN,
        );
        let (x, y, width, height) = self.runtime.block_on(asked).ok()?;
        Some(Area {
            x,
            y,
            width,
            height,
        })
    }

    fn root(&mut self, program: &mut Process) -> Result<Object> {
        let what = format!("{} to open its window", program.name());
        wait_for(&what, APPEAR_LIMIT, || {
            program.still_runs()?;
            for object in self.announced.try_iter() {
                let owner = process_of(&self.connection, &object.0);
                self.programs.insert(self.runtime.block_on(owner)?, object);
            }
            Ok(self.programs.get(&program.id()).cloned())
        })
    }
}

/// Which process a name on the bus belongs to.
async fn process_of(connection: &Connection, name: &str) -> Result<u32> {
    let answer = connection
        .call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "GetConnectionUnixProcessID",
            &name,
        )
        .await?;
    Ok(answer.body().deserialize()?)
}

/// Walks a program's objects, parents before children.
async fn elements(connection: &Connection, root: Object) -> Result<Vec<Element>> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(object) = open.pop() {
        // An object can go while we look: then it is not on the page any more.
        let Ok(element) = element(connection, &object).await else {
            continue;
        };
        found.push(element);
        let children = call::<_, Vec<Object>>(connection, &object, ACCESSIBLE, "GetChildren", &());
        open.extend(children.await.unwrap_or_default().into_iter().rev());
    }
    Ok(found)
}

async fn element(connection: &Connection, object: &Object) -> Result<Element> {
    let role = call(connection, object, ACCESSIBLE, "GetRole", &()).await?;
    let name: OwnedValue = call(
        connection,
        object,
        "org.freedesktop.DBus.Properties",
        "Get",
        &(ACCESSIBLE, "Name"),
    )
    .await?;
    Ok(Element {
        role: Role(role),
        name: String::try_from(name)?,
        object: object.clone(),
    })
}

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

async fn call<B, R>(
    connection: &Connection,
    object: &Object,
    interface: &str,
    method: &str,
    body: &B,
) -> Result<R>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    R: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let (program, path) = object;
    let answer = connection
        .call_method(Some(program.as_str()), path, Some(interface), method, body)
        .await?;
    Ok(answer.body().deserialize()?)
}

/// Takes the two names that a program looks for: the desktop's accessibility switch, and the registry.
async fn serve(address: &str, announce: mpsc::Sender<Object>) -> zbus::Result<Connection> {
    connection::Builder::address(address)?
        .serve_at("/org/a11y/bus", Switch)?
        .serve_at(REGISTRY_PATH, Registry { announce })?
        .name("org.a11y.Bus")?
        .name("org.a11y.atspi.Registry")?
        .build()
        .await
}

const REGISTRY_PATH: &str = "/org/a11y/atspi/accessible/root";

/// Says that somebody with a screen reader is present.
struct Switch;

#[interface(name = "org.a11y.Status")]
impl Switch {
    #[zbus(property)]
    fn is_enabled(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn screen_reader_enabled(&self) -> bool {
        true
    }
}

/// Where programs announce themselves.
struct Registry {
    announce: mpsc::Sender<Object>,
}

#[interface(name = "org.a11y.atspi.Socket")]
impl Registry {
    fn embed(
        &self,
        plug: Object,
        #[zbus(connection)] connection: &Connection,
    ) -> zbus::fdo::Result<(Object,)> {
        // Nobody reads any more when the demo is ending.
        let _ = self.announce.send(plug);
        let own = connection.unique_name().map(ToString::to_string);
        let path = OwnedObjectPath::try_from(REGISTRY_PATH)
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        Ok(((own.unwrap_or_default(), path),))
    }
}

/// A private message bus.
struct Bus {
    daemon: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("paihao-bus-").tempdir()?;
        let socket = folder.path().join("socket");
        let settings = folder.path().join("bus.conf");
        fs::write(&settings, bus_settings(&socket.display().to_string()))?;
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", settings.display()))
            .args(["--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start dbus-daemon (package dbus-daemon)")?;
        let output = daemon.stdout.take().context("its output is piped")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self {
            daemon,
            address: address.trim().to_owned(),
            _folder: folder,
        })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        if terminate(self.daemon.id()).is_err() {
            let _ = self.daemon.kill();
        }
        let _ = self.daemon.wait();
    }
}

/// Settings of a bus that starts no services and lets its one user do everything.
fn bus_settings(socket: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}
