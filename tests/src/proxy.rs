//! A TCP road between a client and the hall that a test can cut, stall and restore.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Bytes that are carried at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// The road. Dropping it ends all connections over it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    road: watch::Sender<Road>,
    target: watch::Sender<SocketAddr>,
    _tasks: JoinSet<()>,
}

/// How the road is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Road {
    /// Bytes pass.
    Open,
    /// Connections stand, also new ones, and nothing passes: a switch without power, seen by
    /// neither side.
    Stalled,
    /// What clients say reaches the hall, and nothing comes back.
    Muted,
    /// What the hall says reaches clients, and nothing that they say reaches it.
    Deaf,
    /// Connections end, and new ones end at once.
    Cut,
}

impl Road {
    fn carries_to_hall(self) -> bool {
        matches!(self, Self::Open | Self::Muted)
    }

    fn carries_to_client(self) -> bool {
        matches!(self, Self::Open | Self::Deaf)
    }
}

impl Proxy {
    /// Opens a road to `target`, from a port of its own.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (road, seen) = watch::channel(Road::Open);
        let (target, to) = watch::channel(target);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, to, seen));
        Ok(Self {
            address,
            road,
            target,
            _tasks: tasks,
        })
    }

    /// Where clients connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection, and every new one.
    pub fn cut(&self) {
        self.road.send_replace(Road::Cut);
    }

    /// Leaves every connection standing and lets nothing pass.
    pub fn stall(&self) {
        self.road.send_replace(Road::Stalled);
    }

    /// Lets pass what clients say, and holds back what the hall says: what is asked is done, and the
    /// answer is on its way for ever.
    pub fn mute(&self) {
        self.road.send_replace(Road::Muted);
    }

    /// Lets pass what the hall says, and holds back what clients say: they ask, and it does not hear.
    pub fn deafen(&self) {
        self.road.send_replace(Road::Deaf);
    }

    /// Lets everything pass again: what was held back, and new connections.
    pub fn restore(&self) {
        self.road.send_replace(Road::Open);
    }

    /// New connections go to another address: the hall was started again.
    pub fn lead_to(&self, target: SocketAddr) {
        self.target.send_replace(target);
    }
}

async fn accept(
    listener: TcpListener,
    target: watch::Receiver<SocketAddr>,
    road: watch::Receiver<Road>,
) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let target = *target.borrow();
        connections.spawn(connection(client, target, road.clone()));
    }
}

async fn connection(client: TcpStream, target: SocketAddr, mut road: watch::Receiver<Road>) {
    let carried = carry_both_ways(client, target, road.clone());
    // Whichever comes first ends both sides; an error is an end like any other. The cut is looked
    // at first, so that the hall sees nothing of who comes while the road is cut.
    tokio::select! {
        biased;
        _ = road.wait_for(|road| *road == Road::Cut) => {}
        _ = carried => {}
    }
}

async fn carry_both_ways(
    client: TcpStream,
    target: SocketAddr,
    road: watch::Receiver<Road>,
) -> io::Result<()> {
    let hall = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    hall.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_hall, to_hall) = hall.into_split();
    tokio::select! {
        ended = carry(from_client, to_hall, road.clone(), Road::carries_to_hall) => ended,
        ended = carry(from_hall, to_client, road, Road::carries_to_client) => ended,
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut road: watch::Receiver<Road>,
    carries: fn(Road) -> bool,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = from.read(&mut chunk).await?;
        // Also an end is not passed on while the road is stalled: neither side is to see anything.
        let carries = road.wait_for(|road| carries(*road)).await.is_ok();
        if !carries || count == 0 {
            return Ok(());
        }
        to.write_all(&chunk[..count]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// Goes on with a future as far as it gets without waiting.
    fn go_on<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    async fn road() -> (Proxy, TcpListener) {
        let hall = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::open(hall.local_addr().unwrap()).await.unwrap();
        (proxy, hall)
    }

    async fn travel(proxy: &Proxy, hall: &TcpListener) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(proxy.address()).await.unwrap();
        (client, hall.accept().await.unwrap().0)
    }

    async fn hears(stream: &mut TcpStream) -> u8 {
        stream.read_u8().await.unwrap()
    }

    #[tokio::test]
    async fn carries_both_ways() {
        let (proxy, hall) = road().await;
        let (mut client, mut server) = travel(&proxy, &hall).await;
        client.write_u8(1).await.unwrap();
        assert_eq!(hears(&mut server).await, 1);
        server.write_u8(2).await.unwrap();
        assert_eq!(hears(&mut client).await, 2);
    }

    #[test]
    fn a_stalled_road_holds_back_and_then_gives() {
        let (road, seen) = watch::channel(Road::Stalled);
        let (mut hall, from_hall) = tokio::io::duplex(CHUNK_BYTES);
        let (to_client, mut client) = tokio::io::duplex(CHUNK_BYTES);
        let mut carried = pin!(carry(from_hall, to_client, seen, Road::carries_to_client));
        assert!(go_on(pin!(hall.write_u8(7))).is_ready());
        assert!(go_on(carried.as_mut()).is_pending());
        assert!(go_on(pin!(client.read_u8())).is_pending());
        road.send_replace(Road::Open);
        assert!(go_on(carried.as_mut()).is_pending());
        assert!(matches!(go_on(pin!(client.read_u8())), Poll::Ready(Ok(7))));
    }

    #[test]
    fn a_muted_road_carries_to_the_hall_only_and_a_deaf_one_to_the_client() {
        assert!(!Road::Deaf.carries_to_hall() && Road::Deaf.carries_to_client());
        assert!(Road::Muted.carries_to_hall() && !Road::Muted.carries_to_client());
        assert!(!Road::Stalled.carries_to_hall() && !Road::Stalled.carries_to_client());
    }

    #[test]
    fn a_stalled_road_hides_an_end_too() {
        let (road, seen) = watch::channel(Road::Stalled);
        let (hall, from_hall) = tokio::io::duplex(CHUNK_BYTES);
        let (to_client, _client) = tokio::io::duplex(CHUNK_BYTES);
        let mut carried = pin!(carry(from_hall, to_client, seen, Road::carries_to_client));
        drop(hall);
        assert!(go_on(carried.as_mut()).is_pending());
        road.send_replace(Road::Open);
        assert!(go_on(carried.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn a_cut_road_ends_old_and_new_connections_until_it_is_restored() {
        let (proxy, hall) = road().await;
        let (mut client, mut server) = travel(&proxy, &hall).await;
        proxy.cut();
        assert!(client.read_u8().await.is_err());
        assert!(server.read_u8().await.is_err());
        let mut late = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(late.read_u8().await.is_err());
        proxy.restore();
        let (mut client, mut server) = travel(&proxy, &hall).await;
        client.write_u8(3).await.unwrap();
        assert_eq!(hears(&mut server).await, 3);
    }

    #[tokio::test]
    async fn leads_to_wherever_the_hall_is_now() {
        let (proxy, _old) = road().await;
        let new = TcpListener::bind("127.0.0.1:0").await.unwrap();
        proxy.lead_to(new.local_addr().unwrap());
        let (mut client, mut server) = travel(&proxy, &new).await;
        client.write_u8(5).await.unwrap();
        assert_eq!(hears(&mut server).await, 5);
    }
}
