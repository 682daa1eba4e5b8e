use super::*;

/// What the right file has between the hours and the menu, with two areas.
const AREAS: &str = r#"["11:00-15:00", "17:00-02:00"]

[[delivery_areas]]
postcodes = ["e8", "N1"]
delivery_fee = "1.50"
minimum_order = "9.00"

[[delivery_areas]]
postcodes = ["N1 5"]
delivery_fee = "0.50"
"#;

fn with_areas() -> String {
    RIGHT.replace("[\"11:00-15:00\", \"17:00-02:00\"]\n", AREAS)
}

#[test]
fn a_restaurant_delivers_to_the_areas_of_its_file() {
    let catalog = Trial::new(&with_areas()).read().unwrap();
    let areas = &catalog.restaurants[0].restaurant.card.areas;
    let all = areas.iter().map(|area| {
        let postcodes: Vec<_> = area.postcodes.iter().map(ToString::to_string).collect();
        (postcodes.join(", "), area.delivery_fee.minor(), area.minimum_order.minor())
    });
    let expected = [("E8, N1".to_owned(), 150, 900), ("N1 5".to_owned(), 50, 0)];
    assert_eq!(all.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_wrong_with_an_area_is_said_by_line() {
    let many: Vec<_> = (0..201).map(|number| format!("\"W{number}\"")).collect();
    let (many, too_many) = (many.join(", "), "delivery_areas` must have at most 200 postcodes in");
    for (from, to, expected) in [
        (
            "\"N1\"]",
            "\"É1\"]",
            "21: `postcodes`: must be how a postcode begins, such as 110 or SW1A:",
        ),
        ("[\"N1 5\"]", "[]", "26: `postcodes` must name at least one postcode"),
        ("[\"N1 5\"]", "[\"E8\"]", "26: `postcodes` has E8 twice, or another area has it"),
        (
            "[\"N1 5\"]",
            "[\"SW1Y4\"]",
            "26: `postcodes` has SW1Y4, with which no postcode there begins",
        ),
        ("[\"N1 5\"]", &format!("[{many}]"), &format!("25: `{too_many}")),
        ("\"0.50\"", "\"0.505\"", "27: `delivery_fee`: must be an amount such as 7.50, with at"),
        ("\"0.50\"", "\"100000\"", "27: `delivery_fee` must be from 0 to 9999999 in minor units"),
        ("\"9.00\"", "\"100000\"", "23: `minimum_order` must be from 0 to 9999999 in minor units"),
        ("\"9.00\"", "9", "23: `minimum_order`: invalid type: integer `9`, expected a string"),
        ("minimum_order", "minimum", "23: unknown field `minimum`, expected one of `postcodes`,"),
        ("delivery_fee = \"0.50\"", "", "25: `delivery_fee` is missing; add it"),
        ("\"GB\"", "\"HK\"", "20: addresses in HK have no postcodes; remove `delivery_areas`"),
    ] {
        let problems = Trial::new(&with_areas().replace(from, to)).problems();
        let [problem] = &*problems else { panic!("{to}: {problems:?}") };
        let expected = format!("golden-dosa/restaurant.toml:{expected}");
        assert!(problem.starts_with(&expected), "{to}: {problem}");
    }
}
