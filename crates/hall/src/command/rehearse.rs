use clap::Args;

/// Play a whole day through a hall.
#[derive(Debug, Args)]
pub(super) struct Rehearse {}

impl Rehearse {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not here yet")
    }
}
