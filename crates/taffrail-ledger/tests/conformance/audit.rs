//! The audit log: whatever is done to it is found.

use serde_json::json;
use taffrail_ledger::Ledger;
use taffrail_ledger::audit::{Break, Checkpoint, Entry, Head, NO_RECORD, SigningKey, verify_lines};

use crate::stores::{Place, each};

fn start() -> Head {
    Head {
        number: 0,
        hash: NO_RECORD.to_owned(),
    }
}

fn filled(place: &Place, records: u32) -> Ledger {
    let ledger = place.open();
    for number in 0..records {
        let entry = Entry {
            event: "decided".into(),
            action: format!("action-{number}"),
            actor: "healer".into(),
            body: json!({ "verdict": "execute", "text": "ä \"quoted\"\n" }),
        };
        ledger.record(&entry).unwrap();
    }
    ledger
}

/// Runs a statement behind the ledger's back.
fn tamper(place: &Place, sql: &str) {
    if place.address.starts_with("host=") {
        let mut client = postgres::Client::connect(&place.address, postgres::NoTls).unwrap();
        client.batch_execute(sql).unwrap();
    } else {
        rusqlite::Connection::open(&place.address)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }
}

fn broken(place: &Place) -> Break {
    place.open().verify().unwrap().unwrap_err()
}

#[test]
fn an_untouched_log_verifies() {
    each(|place| {
        let ledger = filled(place, 20);
        let head = ledger.verify().unwrap().unwrap();
        assert_eq!(head, ledger.head().unwrap());
        let lines = ledger.export(0, 100).unwrap();
        assert_eq!(
            verify_lines(start(), lines.iter().map(String::as_str)),
            Ok(head)
        );
        let records = ledger.records(0, 100).unwrap();
        assert_eq!(records[0].previous, NO_RECORD);
        assert_eq!(records[7].body["text"], "ä \"quoted\"\n");
    });
}

#[test]
fn a_changed_record_is_found() {
    each(|place| {
        filled(place, 9);
        tamper(
            place,
            "UPDATE audit SET record = replace(record, 'execute', 'propose') WHERE number = 5",
        );
        assert_eq!(
            broken(place).to_string(),
            "record 5 was changed: it has another hash"
        );
    });
}

#[test]
fn a_record_that_was_changed_together_with_its_hash_is_found() {
    each(|place| {
        let ledger = filled(place, 9);
        // Whoever changes a record and its hash must change all that follow, and the end.
        let fourth = ledger.records(3, 1).unwrap().remove(0);
        let fifth = serde_json::to_string(&ledger.records(4, 1).unwrap().remove(0)).unwrap();
        let forged = fifth.replace("execute", "propose");
        assert_ne!(fifth, forged);
        assert_eq!(fourth.number, 4);
        let hash = sha(&forged);
        tamper(
            place,
            &format!(
                "UPDATE audit SET record = '{}', hash = '{hash}' WHERE number = 5",
                forged.replace('\'', "''")
            ),
        );
        assert_eq!(
            broken(place).to_string(),
            "record 6 does not follow the record before it"
        );
    });
}

#[test]
fn a_removed_record_is_found() {
    each(|place| {
        filled(place, 9);
        tamper(place, "DELETE FROM audit WHERE number = 4");
        assert_eq!(broken(place).to_string(), "record 4 is missing");
    });
}

#[test]
fn reordered_records_are_found() {
    each(|place| {
        filled(place, 9);
        tamper(
            place,
            "UPDATE audit SET number = 100 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 4; UPDATE audit SET number = 4 WHERE number = 100",
        );
        assert_eq!(broken(place).to_string(), "record 3 is missing");
        let ledger = place.open();
        let mut lines = ledger.export(0, 100).unwrap();
        lines.swap(2, 3);
        lines.swap(6, 7);
        let found = verify_lines(start(), lines.iter().map(String::as_str)).unwrap_err();
        assert_eq!(found.to_string(), "record 7 is missing");
    });
}

#[test]
fn a_log_that_was_cut_off_is_found() {
    each(|place| {
        let ledger = filled(place, 9);
        let anchored = ledger.head().unwrap();
        tamper(place, "DELETE FROM audit WHERE number > 7");
        assert_eq!(
            broken(place).to_string(),
            "record 8 is missing: the log goes up to 9"
        );
        // Also when the end that the ledger remembers is cut off with it: somebody else remembers.
        let seventh = ledger.export(6, 1).unwrap().remove(0);
        let hash = seventh.split('"').nth(3).unwrap().to_owned();
        tamper(
            place,
            &format!("UPDATE ledger SET number = 7, words = '{hash}' WHERE name = 'head'"),
        );
        assert!(place.open().verify().unwrap().is_ok());
        let lines = place.open().export(0, 100).unwrap();
        let end = verify_lines(start(), lines.iter().map(String::as_str)).unwrap();
        assert_ne!(end, anchored);
        assert!(end.number < anchored.number);
    });
}

#[test]
fn records_that_were_added_behind_the_ledgers_back_are_found() {
    each(|place| {
        let ledger = filled(place, 3);
        let third = serde_json::to_string(&ledger.records(2, 1).unwrap().remove(0)).unwrap();
        let last = ledger.head().unwrap().hash;
        let previous = ledger.records(2, 1).unwrap().remove(0).previous;
        let fourth = third
            .replace("\"number\":3", "\"number\":4")
            .replace(&previous, &last);
        let hash = sha(&fourth);
        tamper(
            place,
            &format!(
                "INSERT INTO audit (number, record, hash) VALUES (4, '{}', '{hash}')",
                fourth.replace('\'', "''")
            ),
        );
        assert_eq!(
            broken(place).to_string(),
            "record 3 is not the one with which the log ended"
        );
    });
}

#[test]
fn old_records_leave_without_a_break() {
    each(|place| {
        let ledger = filled(place, 12);
        let lines = ledger.export(0, 7).unwrap();
        let end = verify_lines(start(), lines.iter().map(String::as_str)).unwrap();
        ledger.forget(&end).unwrap();
        assert_eq!(ledger.base().unwrap(), end);
        assert_eq!(ledger.records(0, 100).unwrap().len(), 5);
        assert_eq!(ledger.verify().unwrap().map(|head| head.number), Ok(12));
        filled(place, 2);
        let rest = ledger.export(0, 100).unwrap();
        let whole = lines.iter().chain(&rest).map(String::as_str);
        assert_eq!(verify_lines(start(), whole).map(|head| head.number), Ok(14));
        let wrong = Head {
            number: 9,
            hash: end.hash,
        };
        assert!(ledger.forget(&wrong).is_err());
    });
}

#[test]
fn a_checkpoint_holds_what_was_signed_and_nothing_else() {
    let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    let key = SigningKey::from_pem(key).unwrap();
    let checkpoint = Checkpoint {
        head: Head {
            number: 7,
            hash: "sha256:7".into(),
        },
        at: "2026-11-23T10:00:00Z".parse().unwrap(),
    };
    let signed = key.sign(checkpoint.clone()).unwrap();
    let public = key.verifying_key();
    assert_eq!(public.verify(&signed).unwrap(), &checkpoint);
    let mut forged = signed.clone();
    forged.checkpoint.head.number = 6;
    let error = public.verify(&forged).unwrap_err().to_string();
    assert_eq!(
        error,
        "the checkpoint of record 6 was not signed with this key, or was changed"
    );
    for signature in ["", "zz", "é", &signed.signature.replacen('a', "b", 1)] {
        let mut forged = signed.clone();
        forged.signature = signature.to_owned();
        assert!(public.verify(&forged).is_err(), "{signature}");
    }
    assert!(SigningKey::from_pem("no key").is_err());
}

fn sha(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
