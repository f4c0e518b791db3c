//! Every way in which one set of rules is narrower than another.

use super::*;

const ADDRESS: &str = "https://here.example/mcp/adder";

/// Rules as a test writes them.
#[derive(Clone)]
struct Rules {
    issuer: Option<&'static str>,
    clients: Vec<String>,
    audiences: Vec<String>,
    scopes: Vec<String>,
    claims: &'static [&'static str],
    login: Option<(LoginAllow, &'static str)>,
}

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn names(told: &[&str]) -> Names {
    Names {
        told: list(told),
        more: 0,
    }
}

fn people(users: &[&str]) -> Option<(LoginAllow, &'static str)> {
    Some((LoginAllow::from(list(users)), "https://api.example/"))
}

/// What comes of a change to these rules, which name two of everything.
fn effect(change: impl FnOnce(&mut Rules, &mut Rules)) -> Effect {
    let mut before = Rules {
        issuer: Some("https://issuer.example"),
        clients: list(&["c1", "c2"]),
        audiences: list(&["a1", "a2"]),
        scopes: list(&["s1", "s2"]),
        claims: &["client_id"],
        login: people(&["ada", "bob"]),
    };
    let mut after = before.clone();
    change(&mut before, &mut after);
    let addresses = list(&[ADDRESS]);
    let doors = [&before, &after].map(|rules| Door {
        issuer: rules.issuer.map_or(Issuer::Own, Issuer::Other),
        clients: &rules.clients,
        claims: rules.claims,
        audiences: &rules.audiences,
        scopes: &rules.scopes,
        people: rules.login.as_ref().map(|(allow, api)| People {
            allow,
            api: (*api).to_owned(),
        }),
        addresses: &addresses,
    });
    let [before, after] = doors;
    let effect = Effect::of(&before, &after);
    // The way back is the same the other way round.
    let back = Effect::of(&after, &before);
    assert_eq!(
        (&back.let_in, &back.shut_out),
        (&effect.shut_out, &effect.let_in)
    );
    effect
}

fn shuts_out(change: impl FnOnce(&mut Rules)) -> Vec<Callers> {
    let effect = effect(|_, after| change(after));
    assert_eq!(effect.let_in, []);
    effect.shut_out
}

#[test]
fn rules_that_mean_the_same_shut_out_nobody_and_let_in_nobody() {
    assert_eq!(effect(|_, _| {}), Effect::default());
    let reordered = effect(|_, after| {
        after.clients = list(&["c2", "c1", "c2"]);
        after.audiences.reverse();
        after.scopes.reverse();
        after.login = people(&["bob", "ada"]);
    });
    assert_eq!(reordered, Effect::default());
    // Who is not asked for may be named by any claim.
    let unasked = effect(|before, after| {
        before.clients.clear();
        after.clients.clear();
        after.claims = &["client_id", "azp"];
    });
    assert_eq!(unasked, Effect::default());
}

#[test]
fn what_is_taken_from_a_list_is_shut_out_and_what_is_added_is_let_in() {
    let gone = shuts_out(|after| {
        after.clients = list(&["c2"]);
        after.audiences = list(&["a1"]);
        after.scopes = list(&["s2"]);
        after.login = people(&["bob"]);
    });
    let expected = [
        Callers::Clients(names(&["c1"])),
        Callers::Audiences(names(&["a2"])),
        Callers::Scopes(names(&["s1"])),
        Callers::People(names(&["ada"])),
    ];
    assert_eq!(gone, expected);
    let replaced = effect(|_, after| after.clients = list(&["c1", "c3"]));
    assert_eq!(replaced.shut_out, [Callers::Clients(names(&["c2"]))]);
    assert_eq!(replaced.let_in, [Callers::Clients(names(&["c3"]))]);
}

#[test]
fn a_list_where_everything_was_let_in_shuts_out_all_others() {
    let narrowed = effect(|before, _| {
        before.clients.clear();
        before.audiences.clear();
        before.scopes.clear();
        before.login = people(&[]);
    });
    let others = [
        Callers::OtherClients,
        Callers::OtherAudiences,
        Callers::OtherScopes,
        Callers::OtherPeople,
    ];
    assert_eq!(narrowed.shut_out, others);
    assert_eq!(narrowed.let_in, []);
}

#[test]
fn login_that_is_turned_off_shuts_out_everybody_who_had_it() {
    let off = shuts_out(|after| after.login = None);
    assert_eq!(off, [Callers::People(names(&["ada", "bob"]))]);
    let off = effect(|before, after| {
        before.login = people(&[]);
        after.login = None;
    });
    assert_eq!(off.shut_out, [Callers::Everybody]);
    let never = effect(|before, after| {
        before.login = None;
        after.login = None;
    });
    assert_eq!(never, Effect::default());
}

#[test]
fn another_issuer_shuts_out_every_token_of_the_old_one_and_no_person() {
    let moved = effect(|before, after| {
        after.issuer = Some("https://other.example");
        after.clients = list(&["c9"]);
        before.audiences.clear();
    });
    let of = |issuer: &str| [Callers::Issuer(issuer.to_owned())];
    assert_eq!(moved.shut_out, of("https://issuer.example"));
    assert_eq!(moved.let_in, of("https://other.example"));
    let from_ours = effect(|before, _| before.issuer = None);
    assert_eq!(from_ours.shut_out, [Callers::Applications]);
}

#[test]
fn a_claim_that_is_read_no_longer_shuts_out_who_was_named_there() {
    let strict = effect(|before, _| before.claims = &["client_id", "azp"]);
    assert_eq!(strict.shut_out, [Callers::ClientsNamedBy(names(&["azp"]))]);
    assert_eq!(strict.let_in, []);
}

#[test]
fn people_are_shut_out_by_another_api_but_not_from_the_runtimes_own() {
    let moved = |from, to| {
        effect(|before, after| {
            before.login = Some((LoginAllow::All, from));
            after.login = Some((LoginAllow::All, to));
        })
    };
    let (one, other) = ("https://api.example/", "https://other.example/");
    let at = |api: &str| vec![Callers::PeopleAt(api.to_owned())];
    assert_eq!(moved(one, other).shut_out, at(one));
    assert_eq!(moved(one, other).let_in, at(other));
    // A token for the runtime's own address is taken before and after.
    assert_eq!(moved(ADDRESS, other).shut_out, []);
    assert_eq!(moved(ADDRESS, other).let_in, at(other));
}

#[test]
fn our_own_issuers_tokens_for_an_address_of_the_runtime_are_never_shut_out() {
    let moved = |issuer| {
        let effect = effect(|before, after| {
            before.issuer = issuer;
            before.audiences = list(&[ADDRESS]);
            after.issuer = issuer;
        });
        effect.shut_out
    };
    assert_eq!(moved(None), []);
    let other = moved(Some("https://issuer.example"));
    assert_eq!(other, [Callers::Audiences(names(&[ADDRESS]))]);
}

#[test]
fn of_many_names_the_first_are_told_and_the_others_counted() {
    let many: Vec<String> = (0..1000).map(|number| format!("c{number}")).collect();
    let effect = effect(|before, _| before.clients.extend(many));
    let [Callers::Clients(names)] = effect.shut_out.as_slice() else {
        panic!("{effect:?}");
    };
    // c1 and c2 are still there.
    assert_eq!(
        (names.told.len(), names.more),
        (MOST_NAMES, 998 - MOST_NAMES)
    );
}
