//! Linux: Sysmon for Linux, audit records, and the daemons that write syslog or the journal.

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
    ("nginx", &["nginx"]),
    ("apache2", &["apache"]),
    ("httpd", &["apache"]),
    ("kernel", &[]),
    ("systemd", &[]),
    ("dockerd", &[]),
    ("containerd", &[]),
    ("rsyslogd", &[]),
];

/// A process start that the Azure agent's audit plug-in put together.
const AUOMS: &[(&str, &str)] =
    &[("cmdline", "CommandLine"), ("exe", "Image"), ("cwd", "CurrentDirectory"), ("user", "User")];
/// A process start that was joined of its audit records.
const EXECVE: &[(&str, &str)] = &[
    ("cmdline", "CommandLine"),
    ("exe", "Image"),
    ("cwd", "CurrentDirectory"),
    ("UID", "User"),
    ("pid", "ProcessId"),
    ("ppid", "ParentProcessId"),
    ("AUID", "LogonUser"),
];

const IMAGE: &[(&str, &str)] = &[("exe", "Image")];

/// Fields that carry the name of the program that wrote a line, by who passes it on: syslog, the Azure agent, Elastic's
/// agents, the journal, Wazuh.
const PROGRAM: &[&str] =
    &["appname", "ProcessName", "process.name", "SYSLOG_IDENTIFIER", "_COMM", "predecoder.program_name"];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["type", "serial", "facility"].into_iter().chain(PROGRAM.iter().copied())
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
        return true;
    }
    found.is("linux", &[], &["auditd"]);
    let is = |name: &str, value: &str| event.fields().iter().any(|(own, given)| &**own == name && given == value);
    if is("type", "EXECVE") && is("type", "SYSCALL") {
        found.categories.push(Cow::Borrowed("process_creation"));
        found.rename(event, EXECVE);
    } else if let Some(file) = created(event) {
        found.categories.push(Cow::Borrowed("file_event"));
        found.alias(event, "TargetFilename", file);
        found.rename(event, IMAGE);
    }
    true
}

/// The file that an action created: the name before `nametype=CREATE`, below the working directory unless absolute.
fn created<'e>(event: &impl Fields<'e>) -> Option<String> {
    let fields = event.fields();
    let at = fields.iter().position(|(name, value)| &**name == "nametype" && value == "CREATE")?;
    let name = fields.iter().take(at).filter(|(name, _)| &***name == "name").last().map(|(_, value)| value)?;
    match event.field("cwd").filter(|_| !name.starts_with('/')) {
        Some(folder) => Some(format!("{}/{name}", folder.trim_end_matches('/'))),
        None => Some(name.to_owned()),
    }
}

fn daemon<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let Some(program) = PROGRAM.iter().find_map(|name| event.field(name)) else {
        return false;
    };
    let program = program.to_ascii_lowercase();
    let stated = event.log().product.as_deref() == Some("linux");
    let known = PROGRAMS.iter().find(|(name, _)| *name == program).map(|(_, services)| *services);
    if known.is_none() && !stated {
        return false;
    }
    found.is("linux", &[], known.unwrap_or_default());
    // The journal counts facilities: 4 is auth, 10 authpriv.
    let auth = matches!(event.field("facility"), Some("auth" | "authpriv"))
        || matches!(event.field("SYSLOG_FACILITY"), Some("4" | "10"));
    for (service, fits) in [("auth", auth), ("syslog", true)] {
        if fits && !found.services.iter().any(|word| word == service) {
            found.services.push(Cow::Borrowed(service));
        }
    }
    true
}
