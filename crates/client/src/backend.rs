use std::fmt;
use std::str::FromStr;

use slint::{
    BackendSelector, CloseRequestResponse, PhysicalPosition, PhysicalSize, PlatformError, Window,
};

/// Chooses winit with the software renderer, unless SLINT_BACKEND says otherwise: with the default
/// choice a machine without OpenGL shows a black window and no error.
///
/// # Errors
/// When there is no display to connect to.
pub fn choose_backend() -> Result<(), PlatformError> {
    if std::env::var_os("SLINT_BACKEND").is_some() {
        return Ok(());
    }
    BackendSelector::new()
        .backend_name("winit".into())
        .renderer_name("software".into())
        .select()
}

/// Gives a window its place: the one from the settings, or the whole screen.
pub fn place(window: &Window, geometry: Option<Geometry>) {
    let Some(geometry) = geometry else {
        window.set_fullscreen(true);
        return;
    };
    window.set_size(PhysicalSize::new(geometry.width, geometry.height));
    if let Some((x, y)) = geometry.corner {
        window.set_position(PhysicalPosition::new(x, y));
    }
}

/// Keeps a window whatever somebody in front of it presses, and whatever a window manager asks: only the
/// end of the process takes it away (SIGTERM, which is what `systemctl stop` sends).
pub fn hold(window: &Window) {
    window.on_close_requested(|| CloseRequestResponse::KeepWindowShown);
}

/// Size of a window and, if it matters, its corner: `1080x1920` or `1080x1920+0+0`, in physical
/// pixels, as X11 programs write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where the upper left corner is.
    pub corner: Option<(i32, i32)>,
}

/// A text that is no [`Geometry`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size of a window: write it as 1080x1920, or with its corner as 1080x1920+0+0")]
pub struct BadGeometry(String);

impl FromStr for Geometry {
    type Err = BadGeometry;

    fn from_str(text: &str) -> Result<Self, BadGeometry> {
        parse(text).ok_or_else(|| BadGeometry(text.to_owned()))
    }
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)?;
        match self.corner {
            Some((x, y)) => write!(f, "+{x}+{y}"),
            None => Ok(()),
        }
    }
}

fn parse(text: &str) -> Option<Geometry> {
    let (size, corner) = match text.split_once('+') {
        Some((size, corner)) => (size, Some(corner)),
        None => (text, None),
    };
    let (width, height) = size.split_once('x')?;
    let corner = match corner {
        Some(corner) => {
            let (x, y) = corner.split_once('+')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        }
        None => None,
    };
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    let geometry = Geometry {
        width,
        height,
        corner,
    };
    (width > 0 && height > 0).then_some(geometry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_have_a_corner() {
        for text in ["1080x1920", "400x300+1080+-5"] {
            assert_eq!(text.parse::<Geometry>().unwrap().to_string(), text);
        }
        for text in ["", "1080", "0x5", "5x5+1", "5x5+a+b", "-5x5"] {
            let mistake = text.parse::<Geometry>().unwrap_err().to_string();
            assert!(mistake.contains("write it as 1080x1920"), "{mistake}");
        }
    }
}
