//! Names both ways, against a list that is searched from the start.

use convlens_hypergraph::{HypergraphError, Name, Names};
use proptest::prelude::*;

/// Few enough to repeat; a text that looks like an integer and the empty text are among them.
fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        (-3i64..4).prop_map(Name::from),
        prop_oneof![Just(i64::MAX), Just(i64::MIN)].prop_map(Name::from),
        (-3i64..4).prop_map(|i| Name::from(i.to_string())),
        "[a-c]{0,2}".prop_map(Name::from),
    ]
}

proptest! {
    #[test]
    fn names_are_found_both_ways(list in prop::collection::vec(name(), 0..30)) {
        let (mut names, mut slow) = (Names::new(), Vec::<Name>::new());
        for name in &list {
            let first = slow.iter().position(|n| n == name).unwrap_or(slow.len());
            if first == slow.len() {
                slow.push(name.clone());
            } else {
                let repeated = names.insert(name.clone());
                let refused = matches!(repeated, Err(HypergraphError::DuplicateName { .. }));
                prop_assert!(refused);
            }
            prop_assert_eq!(names.get_or_insert(name.clone()).unwrap() as usize, first);
        }
        prop_assert_eq!(names.as_slice(), &slow[..]);
        for (i, name) in slow.iter().enumerate() {
            prop_assert_eq!(names.index_of(name), Some(i as u32));
            prop_assert_eq!(names.name(i as u32), Some(name));
        }
        prop_assert_eq!(names.name(slow.len() as u32), None);
        prop_assert_eq!(names.index_of(&Name::from("never drawn")), None);
        prop_assert_eq!(Names::from_names(list.clone()).is_ok(), slow.len() == list.len());
        prop_assert_eq!(&Names::from_names(slow.clone()).unwrap(), &names);
        let odd: Vec<u32> = (0..slow.len() as u32).filter(|i| i % 2 == 1).collect();
        let kept = names.select(&odd).unwrap();
        prop_assert_eq!(kept.len(), odd.len());
        for (new, &old) in odd.iter().enumerate() {
            prop_assert_eq!(kept.name(new as u32), names.name(old));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_tells_texts_from_integers(list in prop::collection::hash_set(name(), 0..20)) {
        let names = Names::from_names(list).unwrap();
        let text = serde_json::to_string(&names).unwrap();
        prop_assert_eq!(serde_json::from_str::<Names>(&text).unwrap(), names);
    }
}

#[test]
fn a_duplicate_is_named_so_that_text_and_integer_differ() {
    let names = |list: [Name; 2]| Names::from_names(list).unwrap_err().to_string();
    let text = names([Name::from("1"), Name::from("1")]);
    assert_eq!(text, "the name \"1\" is given twice: names must differ");
    let integer = names([Name::from(1), Name::from(1)]);
    assert_eq!(integer, "the name 1 is given twice: names must differ");
    assert!(Names::from_names([Name::from("1"), Name::from(1)]).is_ok());
}

#[test]
fn names_of_an_index_that_is_not_there_are_refused() {
    let names = Names::from_names(["a", "b"]).unwrap();
    assert_eq!(
        names.select(&[1, 2]),
        Err(HypergraphError::IndexOutOfRange {
            what: "name",
            index: 2,
            len: 2
        })
    );
}
