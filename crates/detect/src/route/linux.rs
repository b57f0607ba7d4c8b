//! Linux: Sysmon for Linux, audit records and the daemons that write syslog.

use super::{Classes, Fields, windows};
use std::borrow::Cow;

/// Programs that only Linux runs and their services; all of them are `syslog` too.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("sshd", &["sshd", "auth"]),
    ("sshd-session", &["sshd", "auth"]),
    ("sudo", &["sudo", "auth"]),
    ("su", &["auth"]),
    ("login", &["auth"]),
    ("pkexec", &["auth"]),
    ("polkitd", &["auth"]),
    ("systemd-logind", &["auth"]),
    ("useradd", &["auth"]),
    ("usermod", &["auth"]),
    ("groupadd", &["auth"]),
    ("passwd", &["auth"]),
    ("cron", &["cron"]),
    ("crond", &["cron"]),
    ("crontab", &["cron"]),
    ("clamd", &["clamav"]),
    ("clamav", &["clamav"]),
    ("freshclam", &["clamav"]),
    ("vsftpd", &["vsftpd"]),
    ("guacd", &["guacamole"]),
    ("kernel", &[]),
    ("systemd", &[]),
    ("dockerd", &[]),
    ("containerd", &[]),
    ("rsyslogd", &[]),
];

/// A process start that the Azure agent's audit plug-in put together.
const AUOMS: &[(&str, &str)] =
    &[("cmdline", "CommandLine"), ("exe", "Image"), ("cwd", "CurrentDirectory"), ("user", "User")];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["type", "serial", "appname", "ProcessName", "process.name", "facility"].into_iter()
}

/// Whether the event is Sysmon for Linux, an audit record or from a known daemon; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    read_sysmon(event, found) || audit(event, found) || daemon(event, found)
}

pub(super) fn read_sysmon<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let linux = event.field("Channel").is_some_and(|channel| channel.eq_ignore_ascii_case("linux-sysmon/operational"));
    if linux {
        found.is("linux", &[], &["sysmon"]);
        windows::sysmon(event, windows::code(event), found);
    }
    linux
}

fn audit<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let Some(kind) = event.field("type").filter(|_| event.field("serial").is_some()) else {
        return false;
    };
    if kind == "AUOMS_EXECVE" {
        found.is("linux", &["process_creation"], &["auditd"]);
        found.rename(event, AUOMS);
    } else {
        found.is("linux", &[], &["auditd"]);
    }
    true
}

fn daemon<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let Some(program) =
        event.field("appname").or_else(|| event.field("ProcessName")).or_else(|| event.field("process.name"))
    else {
        return false;
    };
    let program = program.to_ascii_lowercase();
    let stated = event.event().log.product.as_deref() == Some("linux");
    let known = PROGRAMS.iter().find(|(name, _)| *name == program).map(|(_, services)| *services);
    if known.is_none() && !stated {
        return false;
    }
    found.is("linux", &[], known.unwrap_or_default());
    let auth = matches!(event.field("facility"), Some("auth" | "authpriv"));
    for (service, fits) in [("auth", auth), ("syslog", true)] {
        if fits && !found.services.iter().any(|word| word == service) {
            found.services.push(Cow::Borrowed(service));
        }
    }
    true
}
