//! Windows: channels to services, event codes to categories, and other exporters' field names.

use super::{Classes, Fields};
use crate::matcher::names::ShortHasher;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::{Arc, LazyLock};

/// Event log channels, in lower case, and the services they are.
const CHANNELS: &[(&str, &str)] = &[
    ("application", "application"),
    ("dns server", "dns-server"),
    ("microsoft-iis-configuration/operational", "iis-configuration"),
    ("microsoft-servicebus-client", "microsoft-servicebus-client"),
    ("microsoft-servicebus-client/admin", "microsoft-servicebus-client"),
    ("microsoft-servicebus-client/operational", "microsoft-servicebus-client"),
    ("microsoft-windows-applocker/exe and dll", "applocker"),
    ("microsoft-windows-applocker/msi and script", "applocker"),
    ("microsoft-windows-applocker/packaged app-deployment", "applocker"),
    ("microsoft-windows-applocker/packaged app-execution", "applocker"),
    ("microsoft-windows-appmodel-runtime/admin", "appmodel-runtime"),
    ("microsoft-windows-appxdeploymentserver/operational", "appxdeployment-server"),
    ("microsoft-windows-appxpackaging/operational", "appxpackaging-om"),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    ("microsoft-windows-capi2/operational", "capi2"),
    (
        "microsoft-windows-certificateservicesclient-lifecycle-system/operational",
        "certificateservicesclient-lifecycle-system",
    ),
    ("microsoft-windows-codeintegrity/operational", "codeintegrity-operational"),
    ("microsoft-windows-dhcp-server/operational", "dhcp"),
    ("microsoft-windows-diagnosis-scripted/operational", "diagnosis-scripted"),
    ("microsoft-windows-dns client events/operational", "dns-client"),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    ("microsoft-windows-dns-server/analytical", "dns-server-analytic"),
    ("microsoft-windows-dns-server/audit", "dns-server-audit"),
    ("microsoft-windows-driverframeworks-usermode/operational", "driver-framework"),
    ("microsoft-windows-hyper-v-worker", "hyper-v-worker"),
    ("microsoft-windows-kernel-eventtracing", "kernel-event-tracing"),
    ("microsoft-windows-kernel-shimengine/operational", "kernel-shimengine"),
    ("microsoft-windows-ldap-client/debug", "ldap"),
    ("microsoft-windows-lsa/operational", "lsa-server"),
    ("microsoft-windows-ntfs/operational", "ntfs"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("microsoft-windows-printservice/admin", "printservice-admin"),
    ("microsoft-windows-printservice/operational", "printservice-operational"),
    ("microsoft-windows-security-mitigations/kernel mode", "security-mitigations"),
    ("microsoft-windows-security-mitigations/kernelmode", "security-mitigations"),
    ("microsoft-windows-security-mitigations/user mode", "security-mitigations"),
    ("microsoft-windows-security-mitigations/usermode", "security-mitigations"),
    ("microsoft-windows-shell-core/operational", "shell-core"),
    ("microsoft-windows-smbclient/connectivity", "smbclient-connectivity"),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    ("microsoft-windows-smbserver/connectivity", "smbserver-connectivity"),
    ("microsoft-windows-sysmon/operational", "sysmon"),
    ("microsoft-windows-taskscheduler/operational", "taskscheduler"),
    ("microsoft-windows-terminalservices-localsessionmanager/operational", "terminalservices-localsessionmanager"),
    ("microsoft-windows-vhdmp/operational", "vhdmp"),
    ("microsoft-windows-windows defender/operational", "windefend"),
    ("microsoft-windows-windows firewall with advanced security/firewall", "firewall-as"),
    ("microsoft-windows-winrm/operational", "winrm"),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("msexchange management", "msexchange-management"),
    ("openssh/operational", "openssh"),
    ("powershellcore/operational", "powershell"),
    ("security", "security"),
    ("system", "system"),
    ("windows powershell", "powershell-classic"),
];

/// Sysmon's event codes and their categories. Code 12 also tells by its event type.
const SYSMON: &[(&str, &[&str])] = &[
    ("1", &["process_creation"]),
    ("2", &["file_change"]),
    ("3", &["network_connection"]),
    ("4", &["sysmon_status"]),
    ("5", &["process_termination"]),
    ("6", &["driver_load"]),
    ("7", &["image_load"]),
    ("8", &["create_remote_thread"]),
    ("9", &["raw_access_thread"]),
    ("10", &["process_access"]),
    ("11", &["file_event"]),
    ("12", &["registry_event"]),
    ("13", &["registry_set", "registry_event"]),
    ("14", &["registry_rename", "registry_event"]),
    ("15", &["create_stream_hash"]),
    ("16", &["sysmon_status"]),
    ("17", &["pipe_created"]),
    ("18", &["pipe_created"]),
    ("19", &["wmi_event"]),
    ("20", &["wmi_event"]),
    ("21", &["wmi_event"]),
    ("22", &["dns_query"]),
    ("23", &["file_delete"]),
    ("24", &["clipboard_change"]),
    ("25", &["process_tampering"]),
    ("26", &["file_delete"]),
    ("27", &["file_block_executable"]),
    ("28", &["file_block_shredding"]),
    ("29", &["file_executable_detected"]),
    ("255", &["sysmon_error"]),
];

/// Other services whose event codes are categories too.
const CODES: &[(&str, &str, &[&str])] = &[
    ("security", "4688", &["process_creation"]),
    ("powershell", "4103", &["ps_module"]),
    ("powershell", "4104", &["ps_script"]),
    ("powershell-classic", "400", &["ps_classic_start"]),
    ("powershell-classic", "600", &["ps_classic_provider_start"]),
    ("powershell-classic", "800", &["ps_classic_script"]),
    ("windefend", "1116", &["antivirus"]),
    ("windefend", "1117", &["antivirus"]),
];

/// What other exporters call the fields that every record has.
const COMMON: &[(&str, &str)] = &[
    ("SourceName", "Provider_Name"),
    ("ProviderName", "Provider_Name"),
    ("Hostname", "Computer"),
    ("HostName", "Computer"),
    ("EventId", "EventID"),
];

/// The same for exporters that wrap the record.
const WRAPPED: &[(&str, &str)] = &[
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.channel", "Channel"),
    ("winlog.event_id", "EventID"),
    ("event.code", "EventID"),
    ("winlog.computer_name", "Computer"),
];
const WRAPPINGS: &[&str] = &["winlog.event_data.", "winlog.user_data.", "EventData."];

/// The same for Wazuh, whose names start with a small letter and whose values double each backslash.
const WAZUH: &[(&str, &str)] = &[
    ("data.win.system.providerName", "Provider_Name"),
    ("data.win.system.channel", "Channel"),
    ("data.win.system.eventID", "EventID"),
    ("data.win.system.computer", "Computer"),
];
const WAZUH_DATA: &str = "data.win.eventdata.";

/// A process start in the security log, under Sysmon's names.
const PROCESS: &[(&str, &str)] = &[
    ("NewProcessName", "Image"),
    ("ParentProcessName", "ParentImage"),
    ("ProcessCommandLine", "CommandLine"),
    ("SubjectLogonId", "LogonId"),
];

const INTEGRITY: &[(&str, &str)] = &[
    ("S-1-16-0", "Untrusted"),
    ("S-1-16-4096", "Low"),
    ("S-1-16-8192", "Medium"),
    ("S-1-16-8448", "MediumPlus"),
    ("S-1-16-12288", "High"),
    ("S-1-16-16384", "System"),
];

/// A virus found, in the words of the `antivirus` rules.
const VIRUS: &[(&str, &str)] = &[("Threat Name", "Signature"), ("Path", "Filename"), ("Process Name", "Image")];

/// Fields that tell what was done to a registry key.
const KIND_OF: &[&str] = &[
    "EventType",
    "winlog.event_data.EventType",
    "winlog.user_data.EventType",
    "EventData.EventType",
    "data.win.eventdata.eventType",
];

/// Fields that carry the channel and the event code.
const CHANNEL_OF: &[&str] = &["Channel", "winlog.channel", "EventLog", "data.win.system.channel"];
const CODES_OF: &[&str] = &["EventID", "winlog.event_id", "event.code", "EventId", "data.win.system.eventID"];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let renamed = COMMON.iter().chain(PROCESS).flat_map(|(own, rule)| [*own, *rule]);
    let account = ["SubjectUserName", "SubjectDomainName", "TargetUserName", "TargetDomainName", "MandatoryLabel"];
    CHANNEL_OF.iter().chain(CODES_OF).copied().chain(renamed).chain(account).chain(["EventType", "User"])
}

/// Bytes of a channel's name; a longer one is none that we know.
const LONGEST: usize = 128;

/// The name of a channel in lower case; nothing for one that is too long.
fn small<'r>(channel: &str, room: &'r mut [u8; LONGEST]) -> &'r str {
    let Some(room) = room.get_mut(..channel.len()) else { return "" };
    room.copy_from_slice(channel.as_bytes());
    room.make_ascii_lowercase();
    std::str::from_utf8(room).unwrap_or_default()
}

/// The service that a channel, in lower case, is.
fn service(channel: &str) -> Option<&'static str> {
    type Table = HashMap<&'static str, &'static str, BuildHasherDefault<ShortHasher>>;
    static TABLE: LazyLock<Table> = LazyLock::new(|| CHANNELS.iter().copied().collect());
    TABLE.get(channel).copied()
}

/// Whether the event is a Windows record; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let Some(channel) = CHANNEL_OF.iter().find_map(|name| event.field(name)) else {
        return false;
    };
    let mut room = [0; LONGEST];
    let channel = small(channel, &mut room);
    if channel == "linux-sysmon/operational" {
        return false;
    }
    if channel == "rpcfw" {
        found.is("rpc_firewall", &["application"], &[]);
        rename(event, found);
        return true;
    }
    let service = service(channel);
    found.is("windows", &[], service.as_slice());
    rename(event, found);
    let code = code(event);
    match service {
        Some("sysmon") => sysmon(event, code, found),
        Some(service) => {
            if let Some((_, _, categories)) = CODES.iter().find(|(of, wanted, _)| *of == service && *wanted == code) {
                found.categories.extend(categories.iter().map(|word| Cow::Borrowed(*word)));
            }
        }
        None => {}
    }
    match (service, code) {
        (Some("security"), "4688") => process(event, found),
        (Some("windefend"), "1116" | "1117") => found.rename(event, VIRUS),
        _ => {}
    }
    true
}

/// The categories of a Sysmon record with this code.
pub(super) fn sysmon<'e>(event: &impl Fields<'e>, code: &str, found: &mut Classes<'e>) {
    if code == "12" {
        let kind = KIND_OF.iter().find_map(|name| event.field(name)).unwrap_or_default();
        let category = if kind.starts_with("Delete") { "registry_delete" } else { "registry_add" };
        found.categories.push(Cow::Borrowed(category));
    }
    if let Some((_, categories)) = SYSMON.iter().find(|(wanted, _)| *wanted == code) {
        found.categories.extend(categories.iter().map(|word| Cow::Borrowed(*word)));
    }
}

pub(super) fn code<'e>(event: &impl Fields<'e>) -> &'e str {
    CODES_OF.iter().find_map(|name| event.field(name)).unwrap_or_default()
}

/// Gives the fields every Windows record has the names that rules use.
pub(super) fn rename<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) {
    found.rename(event, COMMON);
    if event.has("data.win.system.channel") {
        wazuh(event, found);
        return;
    }
    if !event.is_wrapped() {
        return;
    }
    found.rename(event, WRAPPED);
    for (name, value) in event.all_carried() {
        let short = wrapped(name).and_then(|length| name.get(name.len() - length..));
        if let Some(short) = short.filter(|short| !event.has(short)) {
            found.aliases.push((Cow::Borrowed(short), Cow::Borrowed(value)));
        }
    }
}

/// The length of a name without what an exporter wrapped it in.
fn wrapped(name: &str) -> Option<usize> {
    WRAPPINGS.iter().find_map(|wrapping| name.strip_prefix(wrapping).map(str::len))
}

/// Whether an exporter wrapped a record whose fields have these names.
pub(crate) fn is_wrapped(names: &[Arc<str>]) -> bool {
    let may_be = |name: &str| matches!(name.as_bytes().first(), Some(b'w' | b'E'));
    names.iter().any(|name| may_be(name) && (name.starts_with("winlog.") || wrapped(name).is_some()))
}

/// What Wazuh wrapped, under the names of the record and with single backslashes.
fn wazuh<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) {
    found.rename(event, WAZUH);
    for (name, value) in event.fields() {
        let Some(short) = name.strip_prefix(WAZUH_DATA) else { continue };
        let mut letters = short.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        if !event.has(&name) {
            let value = if value.contains(r"\\") { value.replace(r"\\", r"\").into() } else { Cow::Borrowed(value) };
            found.aliases.push((Cow::Owned(name), value));
        }
    }
}

fn process<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) {
    found.rename(event, PROCESS);
    let unwrapped = found.aliases.clone();
    let data = |name: &str| {
        let alias = || {
            event.judged();
            unwrapped.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
        };
        event.field(name).map(Cow::Borrowed).or_else(alias)
    };
    for (own, rule) in PROCESS {
        if let Some(value) = data(own) {
            found.alias(event, rule, value);
        }
    }
    let level = data("MandatoryLabel").and_then(|label| INTEGRITY.iter().find(|(sid, _)| *sid == label));
    if let Some((_, level)) = level {
        found.alias(event, "IntegrityLevel", *level);
    }
    let account = |user: &str, domain: &str| {
        let user = data(user).filter(|user| !matches!(&**user, "-" | ""))?;
        Some(format!("{}\\{user}", data(domain).unwrap_or_default()))
    };
    if let Some(user) =
        account("TargetUserName", "TargetDomainName").or_else(|| account("SubjectUserName", "SubjectDomainName"))
    {
        found.alias(event, "User", user);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_told_once_and_found_in_any_case() {
        assert!(CHANNELS.is_sorted_by(|a, b| a.0 < b.0));
        for (channel, expected) in CHANNELS {
            let mut room = [0; LONGEST];
            assert_eq!(service(small(&channel.to_uppercase(), &mut room)), Some(*expected), "{channel}");
        }
        assert_eq!(small(&"x".repeat(200), &mut [0; LONGEST]), "");
    }
}
