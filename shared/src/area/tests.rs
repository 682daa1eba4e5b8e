use super::*;

fn begins(prefix: &str, postcode: &str, country: &str) -> bool {
    let prefix: PostcodePrefix = prefix.parse().unwrap();
    prefix.begins(postcode, country.parse().ok())
}

#[test]
fn a_postcode_begins_as_it_is_written_whatever_stands_between() {
    for (prefix, postcode, country) in [
        ("110", "110001", "IN"),
        ("110001", "110 001", "IN"),
        ("1100", "110\u{2013}001", "IN"),
        ("1100", "110.001", "IN"),
        ("1100", "110/001", "IN"),
        ("1100", "1100-012", "PT"),
        ("1100-0", "1100012", "PT"),
        ("1012 a", "1012AB", "NL"),
        ("D02", "D02 AF30", "IE"),
    ] {
        assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
    }
    for (prefix, postcode, country) in
        [("110", "201301", "IN"), ("1100", "110", "PT"), ("110001", "11000", "IN")]
    {
        assert!(!begins(prefix, postcode, country), "{prefix} {postcode}");
    }
}

/// A postcode of each of the six shapes, and the beginnings of it: its area, its outward code, its sector, more
/// of it, and all of it.
const BRITISH: [(&str, [&str; 5]); 7] = [
    ("M1 1AE", ["M", "M1", "M1 1", "M1 1A", "M1 1AE"]),
    ("N15 4QS", ["N", "N15", "N15 4", "N15 4Q", "N15 4QS"]),
    ("CR2 6XH", ["CR", "CR2", "CR2 6", "CR2 6X", "CR2 6XH"]),
    ("DN55 1PT", ["DN", "DN55", "DN55 1", "DN55 1P", "DN55 1PT"]),
    ("W1A 0AX", ["W", "W1A", "W1A 0", "W1A 0A", "W1A 0AX"]),
    ("EC1A 1BB", ["EC", "EC1A", "EC1A 1", "EC1A 1B", "EC1A 1BB"]),
    ("SW1Y 4AB", ["SW", "SW1Y", "SW1Y 4", "SW1Y 4A", "SW1Y 4AB"]),
];

/// How people write a text with a space, if it has one.
fn written(text: &str) -> [String; 4] {
    [text.to_owned(), text.to_lowercase(), format!(" {text}  "), text.replace(' ', "  ")]
}

#[test]
fn every_british_postcode_begins_with_its_own_parts_and_those_of_no_other() {
    for (postcode, parts) in BRITISH {
        let mut all = written(postcode).to_vec();
        all.push(postcode.replace(' ', "").to_lowercase());
        for postcode in &all {
            for prefix in parts.iter().flat_map(|part| written(part)) {
                assert!(begins(&prefix, postcode, "GB"), "“{prefix}” “{postcode}”");
            }
            let others = BRITISH.iter().filter(|(_, other)| *other != parts);
            for prefix in others.flat_map(|(_, parts)| parts) {
                assert!(!begins(prefix, postcode, "GB"), "“{prefix}” “{postcode}”");
            }
        }
    }
}

#[test]
fn an_outward_code_that_a_customer_types_alone_counts_as_far_as_it_goes() {
    for (postcode, [area, outward, sector, ..]) in BRITISH {
        for typed in written(outward) {
            assert!(begins(area, &typed, "GB") && begins(outward, &typed, "GB"), "“{typed}”");
            assert!(!begins(sector, &typed, "GB"), "“{typed}” may be another sector");
        }
        assert!(begins(sector, sector, "GB") && !begins(postcode, sector, "GB"), "{sector}");
    }
}

#[test]
fn a_british_district_is_not_another_that_begins_with_it() {
    for (prefix, postcode) in [
        ("E1", "E1 6AN"),
        ("e1", "e16an"),
        ("E1", "E1W 1AA"),
        ("E16", "E16 2BG"),
        ("NW10", "nw104ab"),
        ("SW1A1AA", "SW1A 1AA"),
        ("SW1", "SW1A 1AA"),
        ("SW1", "SW1Y"),
        ("W1", "W1A 0AX"),
    ] {
        for country in ["GB", "JE"] {
            assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
        }
    }
    for (prefix, postcode) in [
        ("E1", "E16 2BG"),
        ("E1", "E10 5NP"),
        ("E1 6", "E16 2BG"),
        ("E1 6", "E1 7AA"),
        ("E1 6", "E1W 6AA"),
        ("SW1", "SW10 0AA"),
        ("SW1", "SW11 1AA"),
        ("SW1B", "SW1A 1AA"),
        ("SW1A", "SW1 1AA"),
        ("N", "NW10 4AB"),
        ("S", "SW1A 1AA"),
        ("N", "SW1A 1AA"),
        ("E1", ""),
        ("E1", "é"),
        ("E1", "E"),
        ("E1", "E1 6ANN"),
        ("E1", "1E1"),
    ] {
        assert!(!begins(prefix, postcode, "GB"), "{prefix} {postcode}");
    }
    assert!(begins("E1", "E16 2BG", "DE"), "elsewhere it is a beginning");
}

#[test]
fn postcodes_of_digits_begin_as_they_are_written() {
    for (prefix, postcode, country) in
        [("941", "94107-1234", "US"), ("10", "10115", "DE"), ("560", "560 001", "IN")]
    {
        assert!(begins(prefix, postcode, country), "{prefix} {postcode}");
        assert!(!begins(prefix, &postcode[1..], country), "{prefix} {postcode}");
        assert!(!begins(prefix, "", country));
    }
}

#[test]
fn a_postcode_is_the_same_however_it_is_written() {
    assert!(is_same_postcode("sw1y4ab", " SW1Y  4AB"));
    assert!(is_same_postcode("110 001", "110001"));
    assert!(!is_same_postcode("N1 5TB", "N15 5TB") && !is_same_postcode("", "N1"));
}

/// What looks like a digit is none: whoever brings the order reads another postcode than the one that is priced.
#[test]
fn what_looks_like_a_digit_or_a_letter_is_not_left_out() {
    for (prefix, postcode, country) in [
        ("W1", "W1\u{ff10} 5AA", "GB"),
        ("W1", "W1\u{660} 5AA", "GB"),
        ("W1", "W1\u{660}", "GB"),
        ("110096", "1100\u{669}6", "IN"),
        ("110096", "11009\u{ff16}", "IN"),
        ("110096", "11009\u{1d7d4}", "IN"),
        ("1100", "11\u{ff10}096", "IN"),
    ] {
        assert!(!is_whole_postcode(postcode, country.parse().ok()), "{postcode}");
        assert!(!is_same_postcode(prefix, postcode), "{postcode}");
        assert!(!begins(prefix, postcode, country), "{postcode}");
    }
    assert!(!is_same_postcode("11096", "11\u{ff10}096"));
}

#[test]
fn a_whole_postcode_is_one_of_its_country() {
    for (postcode, country) in [
        ("110001", "IN"),
        ("110 001", "IN"),
        ("110\u{2013}001", "IN"),
        ("110\u{a0}001", "IN"),
        ("10115", "DE"),
        ("D-10115", "DE"),
        ("LV-1010", "LV"),
        ("L-1009", "LU"),
        ("94107", "US"),
        ("94107-1234", "US"),
        ("100-0001", "JP"),
        ("\u{3012}100-0001", "JP"),
        ("1100-341", "PT"),
        ("1100", "PT"),
        ("114 55", "SE"),
        ("n15tb", "GB"),
        ("N1 5TB", "JE"),
        ("1012 AB", "NL"),
        ("D02 AF30", "IE"),
        ("101", "IS"),
    ] {
        assert!(is_whole_postcode(postcode, country.parse().ok()), "{postcode} {country}");
    }
    for (postcode, country) in [
        ("11009", "IN"),
        ("1100960", "IN"),
        ("11O096", "IN"),
        ("110001 IN", "IN"),
        ("1011", "DE"),
        ("ABC10115", "DE"),
        ("", "DE"),
        ("-", "IS"),
        ("N1", "GB"),
        ("SW1Y 4", "GB"),
        ("12", "IE"),
        ("D02 AF3\u{ff10}", "IE"),
        ("É1 1AA", "GB"),
    ] {
        assert!(!is_whole_postcode(postcode, country.parse().ok()), "{postcode} {country}");
    }
    assert!(is_whole_postcode("123", None) && !is_whole_postcode("12", None));
}

#[test]
fn the_outward_code_of_a_whole_postcode_is_known_without_its_space() {
    for (postcode, [_, outward, sector, ..]) in BRITISH {
        let written = postcode.replace(' ', "").to_lowercase();
        assert_eq!(outward_code(&written).as_deref(), Some(outward));
        assert_eq!(outward_code(sector), None, "{sector}");
    }
    for other in ["", "10115", "1012 AB", "D02 AF30", "K1A 0B1", "HM 12", "É1 1AA"] {
        assert_eq!(outward_code(other), None, "{other}");
    }
}

#[test]
fn a_prefix_is_kept_in_capitals_with_single_spaces() {
    let kept = |text: &str| text.parse::<PostcodePrefix>().map(String::from);
    assert_eq!(kept("  sw1a   1 ").as_deref(), Ok("SW1A 1"));
    assert_eq!(kept("1100-012").as_deref(), Ok("1100 012"));
    for bad in ["", " - ", "é", "N1;", "1234567890123"] {
        assert_eq!(kept(bad), Err(PostcodePrefixError), "{bad}");
    }
    let kept = |text: &str| PostcodePrefix::try_from(text.to_owned());
    assert_eq!(kept(" "), Err(PostcodePrefixError), "it would begin every postcode");
}

fn area(postcodes: &[&str], fee: i64, minimum: i64) -> DeliveryArea {
    DeliveryArea {
        postcodes: postcodes.iter().map(|it| it.parse().unwrap()).collect(),
        delivery_fee: Amount::new(fee),
        minimum_order: Amount::new(minimum),
    }
}

#[test]
fn areas_that_contradict_each_other_are_refused_by_field() {
    let india = Some("IN".parse().unwrap());
    assert_eq!(check(&[], india), Ok(()));
    assert_eq!(check(&[area(&["110"], 0, 0), area(&["1100", "111"], 1, 1)], india), Ok(()));
    for (areas, field) in [
        (vec![area(&["110"], 0, 0), area(&["110"], 0, 0)], "areas[1].postcodes"),
        (vec![area(&["110001", "110 001"], 0, 0)], "areas[0].postcodes"),
        (vec![area(&[], 0, 0)], "areas[0].postcodes"),
        (vec![area(&["1"], -1, 0)], "areas[0].delivery_fee"),
        (vec![area(&["1"], 0, 10_000_000)], "areas[0].minimum_order"),
        (vec![area(&["1"], 0, 0); 31], "areas"),
    ] {
        assert_eq!(check(&areas, india).unwrap_err().field(), field);
    }
    let many: Vec<String> = (1_000..1_201).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(check(&[area(&many, 0, 0)], None), Err(AreaError::TooManyPostcodes));
}

#[test]
fn british_areas_name_parts_of_postcodes_each_once_however_it_is_written() {
    let british = |postcodes: &[&str]| check(&[area(postcodes, 0, 0)], "GB".parse().ok());
    for (_, parts) in BRITISH {
        assert_eq!(british(&parts), Ok(()));
    }
    assert_eq!(british(&["N1", "N1 5", "N15", "N15 5", "N15TB"]), Ok(()));
    for [first, again] in [["N1 5TB", "n15tb"], ["SW1A 1AA", "sw1 a1aa"], ["E8", "e8 "]] {
        let postcode = again.parse().unwrap();
        assert_eq!(british(&[first, again]), Err(AreaError::Twice { area: 0, postcode }));
    }
    // Without its space, it may be meant otherwise.
    for wrong in ["SW1Y4", "E164", "N15T", "E1 66", "SWA", "SW 1Y", "1", "110001", "N1 5TBX"] {
        let postcode = wrong.parse().unwrap();
        assert_eq!(british(&[wrong]), Err(AreaError::Unknown { area: 0, postcode }), "{wrong}");
        assert_eq!(check(&[area(&[wrong], 0, 0)], "IE".parse().ok()), Ok(()), "{wrong}");
    }
}
