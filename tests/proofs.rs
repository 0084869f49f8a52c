//! What the other side can check without trusting whoever keeps the ledger: checkpoints, proofs of
//! events, what grew out of what, and static files for anybody's tools.

use std::fs;
use std::path::Path;

use dispute_core::{EntryBundle, Frontier, SignedCheckpoint, Tile, TreeHash, tiles_of};
use serde_json::Value;

use crate::support::Place;

/// A place with the story in its ledger, a keeper's key and a checkpoint of the story.
pub(crate) fn signed_story() -> (Place, String) {
    let place = Place::with_story();
    let key = place.answer(&["key", "new", "keeper", "-o", "keeper.key"]).trim().to_owned();
    place.answer(&["checkpoint", "--key", "keeper.key", "-o", "cp.txt"]);
    copy_folder(&place.path().join(".dispute"), &place.path().join("before"));
    (place, key)
}

/// Records something more.
pub(crate) fn record(place: &Place, slug: &str) {
    place.answer(&["add", "party", slug, "--name", slug, "--role", "other"]);
}

fn codes(answer: &Value) -> Vec<&str> {
    let findings = answer["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The summary of a verification and its exit code.
#[track_caller]
fn verified(place: &Place, arguments: &[&str]) -> (Value, i32) {
    let run = place.run(&[&["verify", "--json"], arguments].concat());
    let answer: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    assert_eq!(answer["exit"], run.exit);
    (answer, run.exit)
}

#[test]
fn a_key_is_a_secret_file_and_a_line_for_everybody() {
    let place = Place::new();
    let made = place.run(&["key", "new", "keeper", "-o", "keeper.key"]);
    assert_eq!((made.exit, made.stderr.as_str()), (0, ""));
    assert!(made.stdout.starts_with("keeper+") && made.stdout.lines().count() == 1);
    let secret = fs::read_to_string(place.path().join("keeper.key")).unwrap();
    assert!(secret.starts_with("PRIVATE+KEY+keeper+"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(place.path().join("keeper.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(place.answer(&["key", "show", "keeper.key"]), made.stdout);
    let again = place.run(&["key", "new", "keeper", "-o", "keeper.key"]);
    assert_eq!((again.exit, again.stdout.as_str()), (1, ""));
    assert_eq!(fs::read_to_string(place.path().join("keeper.key")).unwrap(), secret);
    for bad in ["", "a b", "a+b"] {
        assert_eq!(place.run(&["key", "new", bad, "-o", "other.key"]).exit, 2);
    }
    assert!(!place.path().join("other.key").exists());
}

#[test]
fn no_secret_is_in_any_output() {
    let (place, key) = signed_story();
    let secret = fs::read_to_string(place.path().join("keeper.key")).unwrap();
    let seed = secret.trim().splitn(5, '+').nth(4).unwrap().get(..20).unwrap().to_owned();
    let text = secret.trim();
    fs::write(place.path().join("cut.key"), &text.as_bytes()[..text.len() - 2]).unwrap();
    fs::write(place.path().join("other.key"), text.replace("+keeper+", "+other+")).unwrap();
    for arguments in [
        &["key", "show", "keeper.key", "--json"][..],
        &["key", "show", "cut.key"],
        &["key", "show", "other.key"],
        &["checkpoint", "--key", "keeper.key", "--json"],
        &["checkpoint", "--key", "cut.key"],
        &["cosign", "cp.txt", "--key", "keeper.key", "--log", text],
        &["cosign", "keeper.key", "--key", "keeper.key"],
        &["verify", "--key", text],
        &["verify", "--checkpoint", "keeper.key"],
        &["verify", "--proof", "keeper.key", "--key", &key],
        &["verify", "--trust", "keeper.key"],
        &["compare", "keeper.key", "cp.txt"],
        &["prove", "--from", "keeper.key"],
        &["-vv", "key", "show", "keeper.key"],
    ] {
        let run = place.run(arguments);
        for said in [&run.stdout, &run.stderr] {
            assert!(!said.contains(&seed) && !said.contains("PRIVATE+KEY+k"), "{said}");
        }
    }
    for file in ["cp.txt", ".dispute/config.toml"] {
        assert!(!fs::read_to_string(place.path().join(file)).unwrap().contains(&seed));
    }
}

#[test]
fn a_checkpoint_signs_the_whole_ledger_and_is_kept_beside_it() {
    let (place, key) = signed_story();
    let text = fs::read_to_string(place.path().join("cp.txt")).unwrap();
    let ledger = place.json(&["head", "--json"])["ledger"].as_str().unwrap().to_owned();
    assert!(text.starts_with(&format!("{ledger}\n175\n")), "{text}");
    let kept: Vec<_> = fs::read_dir(place.path().join(".dispute/checkpoints")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let kept = kept[0].as_ref().unwrap().path();
    assert!(kept.file_name().unwrap().to_str().unwrap().starts_with("0000000175-"));
    assert_eq!(fs::read_to_string(kept).unwrap(), text);
    // Signing the same again gives the same, and a signature by another key is added.
    place.answer(&["key", "new", "deputy", "-o", "deputy.key"]);
    assert_eq!(place.answer(&["checkpoint", "--key", "keeper.key"]), text);
    place.answer(&["checkpoint", "--key", "deputy.key", "-o", "cp.txt"]);
    let both = fs::read_to_string(place.path().join("cp.txt")).unwrap();
    assert!(both.contains("\n— keeper ") && both.contains("\n— deputy "), "{both}");
    let (answer, exit) = verified(&place, &["--checkpoint", "cp.txt", "--key", &key]);
    assert_eq!((exit, answer["signatures"][0]["signed_by"][0].as_str()), (0, Some("keeper")));
    // It is written over an older one of the same ledger, and over nothing else.
    record(&place, "x");
    place.answer(&["checkpoint", "--key", "keeper.key", "-o", "cp2.txt"]);
    fs::write(place.path().join("note.txt"), "mine").unwrap();
    let other = Place::with_ledger();
    let elsewhere = other.path().join(".dispute");
    let elsewhere = elsewhere.to_str().unwrap();
    place.answer(&["-L", elsewhere, "checkpoint", "--key", "keeper.key", "-o", "other.txt"]);
    for taken in ["note.txt", "other.txt", "keeper.key"] {
        let run = place.run(&["checkpoint", "--key", "keeper.key", "-o", taken]);
        assert_eq!(run.exit, 1, "{taken}");
    }
    place.answer(&["checkpoint", "--key", "keeper.key", "-o", "cp.txt"]);
}

#[test]
fn verify_compares_with_every_checkpoint_and_says_which() {
    let (place, key) = signed_story();
    record(&place, "x");
    let (answer, _) = verified(&place, &[]);
    let kept = &answer["anchors"][0];
    assert_eq!((kept["kind"].as_str(), kept["ok"].as_bool()), (Some("checkpoint"), Some(true)));
    assert!(kept["name"].as_str().unwrap().starts_with("0000000175-"), "{kept}");
    let said = place.answer(&["verify"]);
    assert!(said.contains("can\nrewrite the ledger can rewrite those too"), "{said}");
    // A rewritten ledger is consistent in itself, and contradicts the checkpoint.
    let (text, path) = (fs::read_to_string(place.path().join("cp.txt")).unwrap(), place.path());
    let root = text.lines().nth(2).unwrap();
    let other_root = TreeHash::of_leaf(b"another history").to_string();
    fs::write(path.join("forged.txt"), text.replace(root, &other_root)).unwrap();
    let (answer, exit) = verified(&place, &["--checkpoint", "forged.txt"]);
    assert_eq!((codes(&answer), exit), (vec!["checkpoint-contradicted"], 6));
    // Of another ledger, or beyond the end.
    let (other, _) = signed_story();
    fs::copy(other.path().join("cp.txt"), path.join("other.txt")).unwrap();
    let (answer, exit) = verified(&place, &["--checkpoint", "other.txt"]);
    assert_eq!((codes(&answer), exit), (vec!["checkpoint-contradicted"], 6));
    let ledger = text.lines().next().unwrap();
    fs::write(path.join("other.txt"), text.replace(ledger, &"0".repeat(32))).unwrap();
    let (answer, exit) = verified(&place, &["--checkpoint", "other.txt"]);
    assert_eq!((codes(&answer), exit), (vec!["checkpoint-contradicted"], 6), "of the same tree");
    fs::write(path.join("later.txt"), text.replace("\n175\n", "\n999\n")).unwrap();
    let (answer, exit) = verified(&place, &["--checkpoint", "later.txt"]);
    assert_eq!((codes(&answer), exit), (vec!["checkpoint-beyond-end"], 6));
    // Signatures: of a known key, which must hold.
    let (answer, exit) = verified(&place, &["--checkpoint", "forged.txt", "--key", &key]);
    assert!(codes(&answer).contains(&"signature-invalid") && exit == 5, "{answer}");
    let stranger = place.answer(&["key", "new", "stranger", "-o", "stranger.key"]);
    let (answer, exit) = verified(&place, &["--checkpoint", "cp.txt", "--key", stranger.trim()]);
    assert_eq!((codes(&answer), exit), (vec!["signature-invalid"], 5));
    assert_eq!(verified(&place, &["--key", &key]).1, 0);
    assert_eq!(verified(&place, &["--key", stranger.trim()]).1, 5);
    // What cannot be read is said.
    let run = place.run(&["verify", "--checkpoint", "keeper.key"]);
    assert_eq!(run.exit, 1);
    let kept = fs::read_dir(path.join(".dispute/checkpoints")).unwrap().next().unwrap().unwrap();
    fs::write(kept.path(), &text.as_bytes()[..100]).unwrap();
    let (answer, exit) = verified(&place, &[]);
    assert_eq!((codes(&answer), exit), (vec!["undecodable"], 5));
}

#[test]
fn a_ledger_that_does_not_verify_is_not_signed() {
    let (place, _) = signed_story();
    record(&place, "x");
    place.answer(&["checkpoint", "--key", "keeper.key", "-o", "cp2.txt"]);
    let kept = place.path().join(".dispute/checkpoints");
    // Somebody cuts the ledger back to what it was, and the kept checkpoints tell.
    let (other, _) = signed_story();
    let folder = other.path().join(".dispute/checkpoints");
    for file in fs::read_dir(&kept).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    let run = other.run(&["checkpoint", "--key", "keeper.key"]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{}", run.stderr);
    assert!(run.stderr.contains("the ledger is not signed"), "{}", run.stderr);
}

#[test]
fn what_came_after_a_checkpoint_can_be_verified_alone() {
    let (place, key) = signed_story();
    record(&place, "x");
    let (answer, exit) = verified(&place, &["--since", "cp.txt", "--key", &key]);
    assert_eq!(
        (exit, answer["skipped"].as_u64(), answer["events"].as_u64()),
        (0, Some(175), Some(175))
    );
    assert_eq!(answer["head"], verified(&place, &[]).0["head"]);
    assert!(
        place.answer(&["verify", "--since", "cp.txt"]).contains("175 envelopes verified before")
    );
    let text = fs::read_to_string(place.path().join("cp.txt")).unwrap();
    fs::write(place.path().join("later.txt"), text.replace("\n175\n", "\n176\n")).unwrap();
    let (answer, exit) = verified(&place, &["--since", "later.txt"]);
    assert_eq!((exit, answer["skipped"].as_u64()), (6, Some(0)));
    assert_eq!(codes(&answer), ["checkpoint-contradicted"]);
}

#[test]
fn an_event_is_proved_to_somebody_without_the_ledger() {
    let (place, key) = signed_story();
    let elsewhere = Place::new();
    let full = elsewhere.path().join("full.proof");
    let bare = elsewhere.path().join("bare.proof");
    place.answer(&["prove", "K51", "-o", full.to_str().unwrap()]);
    place.answer(&["prove", "K51", "--withhold", "-o", bare.to_str().unwrap()]);
    let verify = |file: &str| elsewhere.json(&["verify", "--proof", file, "--key", &key, "--json"]);
    let (opened, withheld) = (verify("full.proof"), verify("bare.proof"));
    for part in ["ledger", "index", "digest", "commitment", "id", "recorded_at", "checkpoint"] {
        assert_eq!(opened[part], withheld[part], "{part}");
    }
    let shown = place.json(&["show", "K51", "--json"]);
    assert_eq!((&opened["event"], &opened["digest"]), (&shown["event"], &shown["digest"]));
    assert_eq!((&withheld["event"], &withheld["withheld"]), (&Value::Null, &Value::Bool(true)));
    let content = "still asks it to agree";
    assert!(!fs::read_to_string(&bare).unwrap().contains(content));
    for file in ["full.proof", "bare.proof"] {
        let said = elsewhere.answer(&["verify", "--proof", file, "--key", &key]);
        let digest = opened["digest"].as_str().unwrap();
        assert!(said.contains(digest) && said.contains("proved: "), "{said}");
        assert_eq!(said.contains("February 19"), file == "full.proof", "{said}");
    }
    // Nobody is trusted who was not named.
    assert_eq!(elsewhere.run(&["verify", "--proof", "full.proof"]).exit, 2);
    let stranger = elsewhere.answer(&["key", "new", "keeper", "-o", "stranger.key"]);
    let run = elsewhere.run(&["verify", "--proof", "full.proof", "--key", stranger.trim()]);
    assert_eq!(run.exit, 5, "{}", run.stdout);
    assert!(!run.stdout.contains("February 19"), "what is not proved is not shown");
    // A proof is not written over what is none.
    assert_eq!(place.run(&["prove", "K51", "-o", "keeper.key"]).exit, 1);
    place.answer(&["prove", "K52", "-o", full.to_str().unwrap()]);
}

#[test]
fn a_proof_needs_a_checkpoint_that_has_the_event() {
    let place = Place::with_story();
    let run = place.run(&["prove", "K51"]);
    assert_eq!(run.exit, 4);
    assert!(run.stderr.contains("help: sign one: dispute checkpoint"), "{}", run.stderr);
    let (place, _) = signed_story();
    record(&place, "later");
    let id = place.json_lines(&["log", "--recorded", "--json"]).pop().unwrap();
    let id = id["id"].as_str().unwrap();
    assert_eq!(place.run(&["prove", id]).exit, 4);
    assert_eq!(place.run(&["prove", id, "--checkpoint", "cp.txt"]).exit, 6);
    assert_eq!(place.run(&["prove", "nothing"]).exit, 4);
    place.answer(&["checkpoint", "--key", "keeper.key"]);
    place.answer(&["prove", id]);
}

#[test]
fn checkpoints_are_compared_by_a_proof_and_with_ledgers_by_their_trees() {
    let (place, key) = signed_story();
    record(&place, "x");
    place.answer(&["checkpoint", "--key", "keeper.key", "-o", "cp2.txt"]);
    let compare = |arguments: &[&str]| {
        let run = place.run(&[&["compare", "--json"], arguments].concat());
        let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        (answer["relation"].as_str().unwrap_or_default().to_owned(), run.exit)
    };
    let is = |relation: &str, exit| (relation.to_owned(), exit);
    fs::copy(place.path().join("cp.txt"), place.path().join("copy.txt")).unwrap();
    assert_eq!(compare(&["cp.txt", "copy.txt"]), is("equal", 0));
    assert_eq!(compare(&["cp2.txt", "."]), is("equal", 0));
    assert_eq!(compare(&["cp.txt", "."]), is("behind", 0));
    assert_eq!(compare(&[".", "cp.txt"]), is("ahead", 0));
    assert_eq!(compare(&["cp.txt", "cp2.txt"]), is("", 2));
    place.answer(&["prove", "--from", "cp.txt", "-o", "growth.proof"]);
    let proved = ["cp.txt", "cp2.txt", "--proof", "growth.proof", "--key", &key];
    assert_eq!(compare(&proved), is("behind", 0));
    assert_eq!(compare(&["cp2.txt", "cp.txt", "--proof", "growth.proof"]), is("ahead", 0));
    assert_eq!(compare(&["cp.txt", "copy.txt", "--key", "keeper.key"]), is("", 2));
    // A proof that does not hold shows nothing.
    let text = fs::read_to_string(place.path().join("growth.proof")).unwrap();
    let hash = text.lines().nth(1).unwrap();
    let other = TreeHash::of_leaf(b"other").to_string();
    fs::write(place.path().join("bad.proof"), text.replace(hash, &other)).unwrap();
    assert_eq!(compare(&["cp.txt", "cp2.txt", "--proof", "bad.proof"]), is("", 6));
    // Another ledger, and another history of this one, of either size.
    let (other, _) = signed_story();
    fs::copy(other.path().join("cp.txt"), place.path().join("other.txt")).unwrap();
    assert_eq!(compare(&["cp.txt", "other.txt"]), is("unrelated", 6));
    assert_eq!(compare(&["other.txt", "."]), is("unrelated", 6));
    let fork = fork_of(&place, &["fork"]);
    place.answer(&[
        "-L",
        fork.path().to_str().unwrap(),
        "checkpoint",
        "--key",
        "keeper.key",
        "-o",
        "fork.txt",
    ]);
    assert_eq!(compare(&["cp2.txt", "fork.txt", "--key", &key]), is("forked", 6));
    assert_eq!(compare(&["fork.txt", "."]), is("forked", 6));
    let said = place.run(&["compare", "cp2.txt", "fork.txt"]).stdout;
    for file in ["cp2.txt", "fork.txt"] {
        let note = fs::read_to_string(place.path().join(file)).unwrap();
        assert!(said.contains(&note), "{said}");
    }
    record(&place, "more");
    assert_eq!(compare(&["fork.txt", "."]), is("forked", 6));
    // A damaged backup is not compared.
    fs::write(place.path().join("backup"), "dispute backup 1\n\u{0}").unwrap();
    let run = place.run(&["compare", "backup", "."]);
    assert!(run.exit == 5 && run.stderr.contains("dispute verify --backup"), "{}", run.stderr);
    // What the keeper did not sign is no evidence against it.
    let text = fs::read_to_string(place.path().join("cp.txt")).unwrap();
    let forged = text.replace("\n175\n", "\n174\n");
    fs::write(place.path().join("forged.txt"), forged).unwrap();
    assert_eq!(compare(&["forged.txt", ".", "--key", &key]), is("", 5));
}

/// A copy of a ledger as it was at its first checkpoint, with other events recorded since: what
/// a keeper does who shows two histories.
pub(crate) fn fork_of(place: &Place, slugs: &[&str]) -> Place {
    let fork = Place::new();
    copy_folder(&place.path().join("before"), &fork.path().join(".dispute"));
    for slug in slugs {
        record(&fork, slug);
    }
    fork
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy_folder(&file.path(), &target);
        } else {
            fs::copy(file.path(), target).unwrap();
        }
    }
}

#[test]
fn exported_tiles_are_the_tree_that_the_checkpoint_signs() {
    let (place, _) = signed_story();
    let import: String = (0..400)
        .map(|n| {
            format!("{{\"kind\":\"party\",\"party\":\"p{n}\",\"name\":\"P\",\"role\":\"other\"}}\n")
        })
        .collect();
    place.answer(&["export", "--format", "tiles", "public"]);
    let imported = place.fed(&["import", "-"], &import);
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    place.answer(&["checkpoint", "--key", "keeper.key"]);
    let answer = place.json(&["export", "--format", "tiles", "public", "--json"]);
    let public = place.path().join("public");
    let checkpoint =
        SignedCheckpoint::parse(&fs::read(public.join("checkpoint")).unwrap()).unwrap();
    let head = checkpoint.head();
    assert_eq!((head.size, answer["size"].as_u64()), (575, Some(575)));
    let mut frontier = Frontier::new();
    for index in 0..head.size.div_ceil(256) {
        let bundle = EntryBundle::of_tree(head.size, index).unwrap();
        let bytes = fs::read(public.join(bundle.to_string())).unwrap();
        for entry in bundle.read(&bytes).unwrap() {
            frontier.push(TreeHash::of_leaf(entry)).unwrap();
        }
    }
    assert_eq!(frontier.head(), head);
    let tiles: Vec<Tile> = tiles_of(head.size).collect();
    assert_eq!(tiles.len(), 4);
    for tile in tiles {
        let bytes = fs::read(public.join(tile.to_string())).unwrap();
        assert_eq!(bytes.len(), usize::from(tile.width()) * 32);
    }
    // Contents are not among the entries.
    let entries = fs::read(public.join("tile/entries/000")).unwrap();
    assert!(!entries.windows(8).any(|window| window == b"February"));
    // Nothing else is written over.
    assert_eq!(place.run(&["export", "--format", "tiles", ".dispute"]).exit, 1);
    let (other, _) = signed_story();
    let theirs = public.to_str().unwrap();
    assert_eq!(other.run(&["export", "--format", "tiles", theirs]).exit, 1);
    let unsigned = Place::with_story();
    assert_eq!(unsigned.run(&["export", "--format", "tiles", "public"]).exit, 4);
}
