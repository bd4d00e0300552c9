//! `causeway configuration`: the active version, those before it, and back to one of them.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{
    ConfigurationVersion, GetConfigurationRequest, GetConfigurationResponse,
    ListConfigurationsRequest,
};
use serde_json::{Value, json};

use super::configuration::apply;
use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct ConfigurationArgs {
    /// List every version: when it was applied, and by whom.
    #[arg(long)]
    versions: bool,
    /// Show this version instead of the active one.
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(1..))]
    show: Option<i64>,
    /// Apply this version once more, as a new one.
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(1..))]
    restore: Option<i64>,
}

impl ConfigurationArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        if self.versions {
            let request = ListConfigurationsRequest { most: 0 };
            let all = control.list_configurations(request).await.map_err(told)?;
            list(&all.into_inner().versions, out)?;
            return Ok(ExitCode::SUCCESS);
        }
        let version = self.show.or(self.restore).unwrap_or_default();
        let request = GetConfigurationRequest { version };
        let found = control.get_configuration(request).await.map_err(told)?;
        let found = found.into_inner();
        if self.restore.is_some() {
            let name = format!("version {version}");
            return apply(&mut control, found.text, name.as_ref(), out).await;
        }
        show(&found, out)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn list(versions: &[ConfigurationVersion], out: &Output) -> anyhow::Result<()> {
    if out.json {
        let version = |one: &ConfigurationVersion| json!({"version": one.version, "by": one.by, "at": json::at(one.at.as_ref())});
        out.document(&versions.iter().map(version).collect::<Value>())?;
        return Ok(());
    }
    let mut table = out.table(["version", "applied (UTC)", "by"]);
    for one in versions {
        let when = time::read(one.at.as_ref()).map(|at| format!("{at:.0}"));
        let cells = [
            one.version.to_string(),
            when.unwrap_or_default(),
            one.by.clone(),
        ];
        table.add_row(cells.map(|text| out.cell(&text, "")));
    }
    out.say_table(&table)?;
    Ok(())
}

/// The text as it was applied, so that it can be written to a file.
fn show(found: &GetConfigurationResponse, out: &Output) -> anyhow::Result<()> {
    if out.json {
        return Ok(out.document(&json!({
            "version": found.version,
            "by": found.by,
            "at": json::at(found.at.as_ref()),
            "text": found.text,
        }))?);
    }
    if found.version == 0 {
        anyhow::bail!("no configuration is active: apply one with `causeway apply causeway.yaml`");
    }
    out.say(found.text.trim_end())?;
    Ok(())
}
