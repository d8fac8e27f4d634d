use clap::Args;
use schemars::schema_for;
use serde_json::json;

/// Print the JSON Schema of every message of the protocol.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let schema = json!({
            "protocol": protocol::VERSION,
            "path": protocol::PATH,
            "from_client": schema_for!(protocol::ClientFrame),
            "from_hall": schema_for!(protocol::HallFrame),
        });
        println!("{}", serde_json::to_string_pretty(&schema)?);
        Ok(())
    }
}
