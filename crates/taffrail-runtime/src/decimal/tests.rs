use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn greatest() -> Decimal {
    number(&i128::MAX.to_string())
}

#[test]
fn equal_numbers_have_one_form() {
    assert_eq!(number("1.500"), number("1.5"));
    assert_eq!(number("-0"), Decimal::ZERO);
    assert_eq!(number("0.000e7"), Decimal::ZERO);
    assert_eq!(number("1200e-2"), number("12"));
    assert_eq!(number("1.25e1"), number("12.5"));
    assert_eq!(
        number("1.0000000000000000000000000000000000000000"),
        Decimal::ONE
    );
}

#[test]
fn text_that_is_no_number_is_refused() {
    for text in [
        "",
        "-",
        "+",
        ".",
        "e1",
        "1e",
        "1e+",
        "1e1.5",
        "--1",
        "+-1",
        "1.2.3",
        "1 ",
        " 1",
        "1_000",
        "0x10",
        "١",
        "1e99",
        "1e-29",
        "1e999999999999999999999",
        "inf",
        "NaN",
        "1.-5",
    ] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
}

#[test]
fn the_range_ends_at_thirty_eight_digits() {
    assert_eq!(greatest().checked_add(Decimal::ONE), None);
    assert_eq!(greatest().neg().checked_sub(Decimal::ONE), None);
    assert_eq!(greatest().checked_mul(Decimal::from(2)), None);
    assert_eq!(
        Decimal::parse("170141183460469231731687303715884105728"),
        None
    );
}

#[test]
fn a_result_in_range_is_found_by_way_of_numbers_out_of_range() {
    let tiny = number("1e-28");
    let sum = Decimal::sum([greatest(), greatest(), greatest().neg(), Decimal::ONE.neg()]);
    assert_eq!(sum, greatest().checked_sub(Decimal::ONE));
    assert_eq!(
        greatest().checked_mul(tiny).unwrap().to_string(),
        "17014118346.0469231731687303715884105727"
    );
    assert_eq!(greatest().checked_add(tiny), None);
    assert_eq!(
        greatest().checked_add(greatest().neg()),
        Some(Decimal::ZERO)
    );
    assert!(greatest() > tiny && tiny > greatest().neg());
}

#[test]
fn quotients_round_half_to_even_at_the_ninth_decimal() {
    for (a, b, quotient) in [
        ("2", "3", "0.666666667"),
        ("-2", "3", "-0.666666667"),
        ("1", "2000000000", "0"),
        ("3", "2000000000", "0.000000002"),
        ("5", "2000000000", "0.000000002"),
        ("7", "0.5", "14"),
        ("1e-28", "1e-28", "1"),
    ] {
        assert_eq!(
            number(a).checked_div(number(b)),
            Some(number(quotient)),
            "{a} / {b}"
        );
    }
    assert_eq!(greatest().checked_div(greatest()), Some(Decimal::ONE));
    assert_eq!(greatest().checked_div(number("1e-28")), None);
}

#[test]
fn rounding_knows_its_direction() {
    for (text, floor, ceil, round) in [
        ("1.5", "1", "2", "2"),
        ("2.5", "2", "3", "2"),
        ("-1.5", "-2", "-1", "-2"),
        ("-0.5", "-1", "0", "0"),
        ("0.1", "0", "1", "0"),
        ("-7", "-7", "-7", "-7"),
    ] {
        assert_eq!(number(text).floor(), number(floor), "floor {text}");
        assert_eq!(number(text).ceil(), number(ceil), "ceil {text}");
        assert_eq!(
            number(text).round_half_even(),
            number(round),
            "round {text}"
        );
    }
}

#[test]
fn floats_read_as_their_shortest_decimal() {
    assert_eq!(Decimal::from_f64(0.1), Some(number("0.1")));
    assert_eq!(Decimal::from_f64(-2.5e-7), Some(number("-0.00000025")));
    assert_eq!(
        Decimal::from_f64(9_007_199_254_740_991.0),
        Some(number("9007199254740991"))
    );
    assert_eq!(Decimal::from_f64(9_007_199_254_740_992.0), None);
    assert_eq!(Decimal::from_f64(5e-324), None);
    assert_eq!(Decimal::from_f64(f64::NAN), None);
    assert_eq!(Decimal::from_f64(-0.0), Some(Decimal::ZERO));
}

#[test]
fn the_saved_form_is_checked() {
    let saved = serde_json::to_string(&number("-1.50")).unwrap();
    assert_eq!(saved, r#""-1.5""#);
    assert_eq!(
        serde_json::from_str::<Decimal>(&saved).unwrap(),
        number("-1.5")
    );
    assert!(serde_json::from_str::<Decimal>(r#""one""#).is_err());
}

/// A number as a mantissa of 64 bits at scale 8, whose sums and products fit 128 bits.
fn small() -> impl Strategy<Value = (i128, Decimal)> {
    prop_oneof![
        any::<i64>(),
        -2000..2000_i64,
        (-20..20_i64).prop_map(|n| n * 100_000_000)
    ]
    .prop_map(|n| (i128::from(n), Decimal::new(n.into(), 8).unwrap()))
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0..=28_u8).prop_filter_map("out of range", |(n, scale)| Decimal::new(n, scale))
}

proptest! {
    #[test]
    fn small_numbers_calculate_like_integers((a, x) in small(), (b, y) in small()) {
        prop_assert_eq!(x.checked_add(y), Decimal::new(a + b, 8));
        prop_assert_eq!(x.checked_sub(y), Decimal::new(a - b, 8));
        prop_assert_eq!(x.checked_mul(y), Decimal::new(a * b, 16));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(x == y, a == b);
        prop_assert_eq!(Decimal::sum([x, y]), x.checked_add(y));
        if b != 0 {
            prop_assert_eq!(x.checked_rem(y), Decimal::new(a % b, 8));
            let scaled = a * 1_000_000_000;
            let (floor, rest) = (scaled.div_euclid(b), scaled.rem_euclid(b));
            let up = 2 * rest > b.abs() || (2 * rest == b.abs() && floor % 2 != 0);
            // Euclidean division rounds up for a negative divisor.
            let floor = if b < 0 { -scaled.div_euclid(-b) } else { floor };
            let expected = if b < 0 {
                let q = (-scaled).div_euclid(-b);
                let r = (-scaled).rem_euclid(-b);
                q + i128::from(2 * r > -b || (2 * r == -b && q % 2 != 0))
            } else {
                floor + i128::from(up)
            };
            prop_assert_eq!(x.checked_div(y), Decimal::new(expected, 9));
        }
    }

    #[test]
    fn every_number_reads_back(x in any_decimal()) {
        prop_assert_eq!(Decimal::parse(&x.to_string()), Some(x));
        let saved = serde_json::to_string(&x).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decimal>(&saved).unwrap(), x);
    }

    #[test]
    fn order_is_the_sign_of_the_difference(x in any_decimal(), y in any_decimal()) {
        prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        if let Some(difference) = x.checked_sub(y) {
            prop_assert_eq!(x.cmp(&y), difference.cmp(&Decimal::ZERO));
        }
    }

    #[test]
    fn whole_parts_enclose_the_number(x in any_decimal()) {
        prop_assert!(x.floor() <= x && x <= x.ceil());
        prop_assert!(x.floor().is_integer() && x.ceil().is_integer());
        let width = x.ceil().checked_sub(x.floor()).unwrap();
        prop_assert_eq!(width, if x.is_integer() { Decimal::ZERO } else { Decimal::ONE });
    }

    #[test]
    fn no_text_panics(text in "[-+0-9.eE]{0,12}|.{0,8}") {
        if let Some(x) = Decimal::parse(&text) {
            prop_assert_eq!(Decimal::parse(&x.to_string()), Some(x));
        }
    }
}
