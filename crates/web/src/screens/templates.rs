//! Texts that a new rule begins with: one that matches events, and one of each type of baseline.

/// By the word in the address: what it is called, and its text.
pub const ALL: [(&str, &str, &str); 5] = [
    ("rule", "Match events", RULE),
    ("first_seen", "First seen", FIRST_SEEN),
    ("rare", "Rare", RARE),
    ("volume", "Volume", VOLUME),
    ("travel", "Travel", TRAVEL),
];

/// The text of a word; that of a plain rule for any other.
pub fn text(word: Option<&str>) -> &'static str {
    ALL.iter().find(|(name, ..)| Some(*name) == word).map_or(RULE, |(.., text)| text)
}

const RULE: &str = "title: What it detects
status: experimental
description: What was seen, and why it matters
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '\\name.exe'
    condition: selection
falsepositives:
    - What may look like it
level: medium
";

const FIRST_SEEN: &str = "title: Sign-in from an address that the user never had
status: experimental
description: A user signs in over the network from an address that was never seen for them
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID: 4624
        LogonType: [3, 10]
    condition: selection
baseline:
    type: first_seen
    entity: TargetUserName
    value: IpAddress
    learn: 14d
    min_events: 1000
falsepositives:
    - A new device, or a network that was renumbered
level: low
tags: [attack.t1078]
";

const RARE: &str = "title: Program that hardly any computer runs
status: experimental
description: A program starts that at most two computers have, of all that are known
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image: '*'
    condition: selection
baseline:
    type: rare
    entity: Computer
    value: Image
    at_most: 2
    min_entities: 10
    learn: 14d
    min_events: 1000
falsepositives:
    - New software that is being rolled out
level: low
";

const VOLUME: &str = "title: Far more failed sign-ins than usual
status: experimental
description: A user fails to sign in far more often than at this time of day before
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID: 4625
    condition: selection
baseline:
    type: volume
    entity: TargetUserName
    per: 1h
    compare: time_of_day
    threshold: 6
    at_least: 20
    learn: 14d
    min_events: 1000
falsepositives:
    - A password that was changed, and a device that still has the old one
level: medium
tags: [attack.t1110]
";

const TRAVEL: &str = "title: Sign-ins too far apart for the time between
status: experimental
description: A user signs in from two places that nobody gets between in that time
logsource:
    product: azure
    service: signinlogs
detection:
    selection:
        resultType: 0
    condition: selection
baseline:
    type: travel
    entity: userPrincipalName
    latitude: location.geoCoordinates.latitude
    longitude: location.geoCoordinates.longitude
    place: location.city
    speed: 900
    distance: 200
    learn: 14d
    min_events: 1000
falsepositives:
    - A tunnel that ends elsewhere; what was usual while it learnt is left out
level: medium
tags: [attack.t1078.004]
";

#[cfg(test)]
mod tests {
    #[test]
    fn each_can_be_put_in_force() {
        for (word, _, text) in super::ALL {
            let found = watchkeep_desk::drafting::read(text);
            assert!(found.rules.iter().all(watchkeep_desk::drafting::RuleInfo::is_live), "{word}: {:?}", found.rules);
        }
        assert_eq!(super::text(Some("odd")), super::text(None));
    }
}
