//! What the kiosk, the counter and the display share: settings, log, link to event loop, full screen.
