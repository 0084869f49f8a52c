//! Cosigners: parties who do not trust the keeper, and what a keeper with two histories can get
//! from them.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use crate::proofs::{copy_folder, fork_of, record, signed_story};
use crate::support::{Place, Run};

/// A party with a key in a place of its own, and no copy of the ledger.
struct Party {
    place: Place,
    cosigner_key: String,
}

impl Party {
    fn new(name: &str) -> Self {
        let place = Place::new();
        place.answer(&["key", "new", name, "-o", "my.key"]);
        let cosigner_key = place.answer(&["key", "show", "my.key", "--cosigner"]).trim().to_owned();
        Self { place, cosigner_key }
    }

    fn cosign(&self, arguments: &[&str]) -> Run {
        self.place.run(&[&["cosign", "--key", "my.key"], arguments].concat())
    }

    fn memory(&self) -> PathBuf {
        self.place.path().join("my.key.memory")
    }

    /// What it kept of what it refused.
    fn evidence(&self) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.place.path().join("my.key.refused"));
        folder.into_iter().flatten().map(|file| file.unwrap().path()).collect()
    }
}

fn path(place: &Place, name: &str) -> String {
    place.path().join(name).to_str().unwrap().to_owned()
}

/// Signs what a ledger is now, with a proof since the first checkpoint.
fn sign(keeper: &Place, ledger: &Place, name: &str) -> [String; 2] {
    let (at, key, file) = (path(ledger, "."), path(keeper, "keeper.key"), path(keeper, name));
    let proof = format!("{file}.proof");
    keeper.answer(&["-L", &at, "checkpoint", "--key", &key, "-o", &file]);
    keeper.answer(&["-L", &at, "prove", "--from", &path(keeper, "cp.txt"), "-o", &proof]);
    [file, proof]
}

#[test]
fn a_cosigner_follows_by_proofs_alone_and_remembers() {
    let (keeper, key) = signed_story();
    let union = Party::new("union");
    let first = path(&keeper, "cp.txt");
    let run = union.cosign(&[&first, "--log", &key]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("\n— keeper ") && run.stdout.contains("\n— union "),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("the first checkpoint of this ledger"), "{}", run.stderr);
    record(&keeper, "x");
    let [second, proof] = sign(&keeper, &keeper, "cp2.txt");
    let run = union.cosign(&[&second]);
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("help: ask the keeper for it: dispute prove --from"),
        "{}",
        run.stderr
    );
    let before = fs::read(union.memory()).unwrap();
    let run = union.cosign(&[&second, "--proof", &proof, "--log", &key, "-o", "cosigned.txt"]);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert_ne!(fs::read(union.memory()).unwrap(), before);
    // Again, as after a crash between the memory and the answer: no proof is needed.
    assert_eq!(union.cosign(&[&second, "--log", &key]).exit, 0);
    // A newer checkpoint is not written over with an older one.
    let newcomer = Party::new("newcomer");
    let run = newcomer.cosign(&[&first, "-o", &second]);
    assert_eq!(run.exit, 1, "{}", run.stderr);
    // The older one is refused from now on, and kept.
    let run = union.cosign(&[&first]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""));
    assert_eq!(union.evidence().len(), 2);
    // The keeper takes the cosigned one back, and verifies it by a policy.
    fs::copy(union.place.path().join("cosigned.txt"), path(&keeper, "cosigned.txt")).unwrap();
    let policy = format!("log {key}\nwitness union {}\nquorum union\n", union.cosigner_key);
    fs::write(path(&keeper, "trust.policy"), policy).unwrap();
    keeper.answer(&["verify", "--checkpoint", "cosigned.txt", "--trust", "trust.policy"]);
    let run = keeper.run(&["verify", "--checkpoint", "cp2.txt", "--trust", "trust.policy"]);
    assert_eq!(run.exit, 6);
    assert!(run.stdout.contains("policy-unmet"), "{}", run.stdout);
    // So is a proof of an event.
    keeper.answer(&["prove", "K51", "--checkpoint", "cosigned.txt", "-o", "k51.proof"]);
    keeper.answer(&["verify", "--proof", "k51.proof", "--trust", "trust.policy"]);
    keeper.answer(&["prove", "K51", "--checkpoint", "cp2.txt", "-o", "k51.proof"]);
    let run = keeper.run(&["verify", "--proof", "k51.proof", "--trust", "trust.policy"]);
    assert_eq!(run.exit, 6, "{}", run.stdout);
}

#[test]
fn a_cosigner_with_a_copy_of_its_own_holds_the_checkpoint_against_it() {
    let (keeper, _) = signed_story();
    let union = Party::new("union");
    copy_folder(&keeper.path().join(".dispute"), &union.place.path().join(".dispute"));
    let run = union.cosign(&[&path(&keeper, "cp.txt")]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    // It is kept beside the copy too, with both signatures.
    let kept = fs::read_dir(union.place.path().join(".dispute/checkpoints")).unwrap().next();
    let kept = fs::read_to_string(kept.unwrap().unwrap().path()).unwrap();
    assert!(kept.contains("\n— keeper ") && kept.contains("\n— union "), "{kept}");
    // The copy ends before what is offered.
    record(&keeper, "x");
    let [second, proof] = sign(&keeper, &keeper, "cp2.txt");
    let run = union.cosign(&[&second]);
    assert_eq!(run.exit, 6);
    assert!(run.stderr.contains("your copy of the ledger ends before"), "{}", run.stderr);
    assert_eq!(union.evidence(), Vec::<PathBuf>::new());
    assert_eq!(union.cosign(&[&second, "--proof", &proof]).exit, 0);
    // Another copy, of another history: the checkpoint is refused and kept.
    let fork = fork_of(&keeper, &["fork"]);
    let board = Party::new("board");
    copy_folder(&fork.path().join(".dispute"), &board.place.path().join(".dispute"));
    let run = board.cosign(&[&second, "--proof", &proof]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""));
    assert!(run.stderr.contains("your own copy has another history"), "{}", run.stderr);
    assert_eq!(board.evidence().len(), 1);
    assert!(!board.memory().exists());
    // A ledger that merely lies around is left alone; one that is named must be the right one.
    let employer = Party::new("employer");
    employer.place.answer(&["init", "--name", "another", "--as", "otto"]);
    assert_eq!(employer.cosign(&[&second]).exit, 0);
    let run = employer.cosign(&["-L", ".", &second]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
}

#[test]
fn a_keeper_with_two_histories_does_not_get_enough_cosigners_for_both() {
    let (keeper, key) = signed_story();
    let parties = ["union", "employer", "mediator"].map(Party::new);
    for party in &parties {
        assert_eq!(party.cosign(&[&path(&keeper, "cp.txt"), "--log", &key]).exit, 0);
    }
    let policy: String = parties
        .iter()
        .zip(["U", "E", "M"])
        .map(|(party, name)| format!("witness {name} {}\n", party.cosigner_key))
        .collect();
    let policy = format!("log {key}\n{policy}group two 2 U E M\nquorum two\n");
    fs::write(path(&keeper, "trust.policy"), policy).unwrap();
    // Two histories of the same size: each party is shown both, in either order.
    record(&keeper, "x");
    let fork = fork_of(&keeper, &["fork"]);
    let one = sign(&keeper, &keeper, "one.txt");
    let two = sign(&keeper, &fork, "two.txt");
    let orders = [[&one, &two], [&two, &one], [&one, &two]];
    for (party, order) in parties.iter().zip(orders) {
        for (number, [file, proof]) in order.into_iter().enumerate() {
            let run = party.cosign(&[file, "--proof", proof, "--log", &key, "-o", file]);
            assert_eq!(run.exit, if number == 0 { 0 } else { 6 }, "{}", run.stderr);
        }
        // The two heads are named, and both notes are kept: whoever is shown them sees the fork.
        let evidence = party.evidence();
        let [a, b] = [&evidence[0], &evidence[1]].map(|path| path.to_str().unwrap());
        let run = party.place.run(&["compare", a, b, "--key", &key]);
        assert_eq!(run.exit, 6, "{}", run.stderr);
        assert!(run.stdout.contains("forked: two histories"), "{}", run.stdout);
    }
    let verified = |ledger: &Place, [file, _]: &[String; 2]| {
        let policy = path(&keeper, "trust.policy");
        ledger.run(&["verify", "--checkpoint", file, "--trust", &policy]).exit
    };
    // A cosigned twice in one history is still one; two of the three signed the one.
    assert_eq!([verified(&keeper, &one), verified(&fork, &two)], [0, 6]);
    // And without signatures each history is sound in itself.
    assert_eq!(fork.run(&["verify"]).exit, 0);
    // A proof from elsewhere does not help.
    record(&fork, "more");
    let [three, _] = sign(&keeper, &fork, "three.txt");
    let [union, ..] = &parties;
    let at = path(&fork, ".");
    let proof = path(&keeper, "from-two.proof");
    keeper.answer(&["-L", &at, "prove", "--from", &two[0], "-o", &proof]);
    let run = union.cosign(&[&three, "--proof", &proof, "--log", &key]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{}", run.stderr);
}

#[test]
fn what_the_keeper_did_not_sign_is_not_cosigned_where_that_is_asked() {
    let (keeper, key) = signed_story();
    let union = Party::new("union");
    let text = fs::read_to_string(keeper.path().join("cp.txt")).unwrap();
    fs::write(keeper.path().join("forged.txt"), text.replace("\n175\n", "\n174\n")).unwrap();
    let run = union.cosign(&[&path(&keeper, "forged.txt"), "--log", &key]);
    assert_eq!((run.exit, run.stdout.as_str()), (5, ""));
    assert!(run.stderr.starts_with("error[signature-invalid]"), "{}", run.stderr);
    let cosigner = union.cosigner_key.clone();
    let run = union.cosign(&[&path(&keeper, "cp.txt"), "--log", &cosigner]);
    assert_eq!(run.exit, 2, "{}", run.stderr);
    assert!(!union.memory().exists());
}

#[test]
fn nothing_is_signed_with_a_memory_that_is_damaged_or_cannot_be_stored() {
    let (keeper, _) = signed_story();
    let union = Party::new("union");
    let first = path(&keeper, "cp.txt");
    assert_eq!(union.cosign(&[&first]).exit, 0);
    let whole = fs::read(union.memory()).unwrap();
    fs::write(union.memory(), &whole[..whole.len() / 2]).unwrap();
    let run = union.cosign(&[&first]);
    assert_eq!((run.exit, run.stdout.as_str()), (5, ""), "{}", run.stderr);
    assert!(run.stderr.contains("my.key.memory cannot be read"), "{}", run.stderr);
    fs::write(union.memory(), &whole).unwrap();
    // A folder in the place where the new memory is written.
    let beside = union.place.path().join("my.key.memory.new");
    fs::create_dir(&beside).unwrap();
    let run = union.cosign(&[&first]);
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    fs::remove_dir(beside).unwrap();
    // What an interrupted cosigning left behind is in nobody's way.
    fs::write(union.place.path().join("my.key.memory.new"), "half").unwrap();
    assert_eq!(union.cosign(&[&first]).exit, 0);
    assert_eq!(fs::read(union.memory()).unwrap(), whole);
}

#[test]
fn two_that_cosign_at_once_with_one_key_do_not_sign_two_histories() {
    let (keeper, _) = signed_story();
    let union = Party::new("union");
    assert_eq!(union.cosign(&[&path(&keeper, "cp.txt")]).exit, 0);
    record(&keeper, "x");
    let fork = fork_of(&keeper, &["fork"]);
    let [one, one_proof] = sign(&keeper, &keeper, "one.txt");
    let [two, two_proof] = sign(&keeper, &fork, "two.txt");
    let children: Vec<_> = (0..16)
        .map(|n| {
            let (file, proof) = if n % 2 == 0 { (&one, &one_proof) } else { (&two, &two_proof) };
            let arguments = ["cosign", file, "--key", "my.key", "--proof", proof];
            let mut command = union.place.command(&arguments);
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut signed = [false; 2];
    for (n, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        signed[n % 2] |= String::from_utf8_lossy(&output.stdout).contains("— union ");
    }
    assert_ne!(signed, [true, true]);
    // Whoever came first may again.
    let (file, other) = if signed[0] { (&one, &two) } else { (&two, &one) };
    assert!(signed[0] || signed[1]);
    assert_eq!(union.cosign(&[file]).exit, 0);
    assert_eq!(union.cosign(&[other]).exit, 6);
}

/// What is in a folder and goes by mail: all but keys and what lies beside them.
#[cfg(unix)]
fn mail(from: &std::path::Path, to: &std::path::Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if file.path().is_file() && !name.contains(".key") {
            fs::copy(file.path(), to.join(name)).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn the_page_on_trust_is_one_screen_and_what_it_says_to_do_works() {
    let keeper = Place::with_story();
    let others = ["union", "employer", "court"].map(|name| (name, Place::new()));
    let page = keeper.answer(&["help", "trust"]);
    assert!(page.lines().count() <= 40, "{page}");
    let run = |place: &Place, line: &str| {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_dispute"));
        let mut command = place.command::<&str>(&[]);
        let folder = command.get_current_dir().unwrap().to_owned();
        command = std::process::Command::new("sh");
        command.args(["-c", line]).current_dir(folder).stdin(Stdio::null());
        command.env("PATH", format!("{}:/usr/bin:/bin", binary.parent().unwrap().display()));
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {stderr}");
    };
    let mut tried = 0;
    let policy: String = page
        .lines()
        .filter(|line| {
            let word = line.split_whitespace().next();
            line.starts_with("  ")
                && word.is_some_and(|it| ["log", "witness", "group", "quorum"].contains(&it))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    for line in page.replace("\\\n", " ").lines() {
        let Some((who, line)) = line.trim_start().split_once("$ ") else { continue };
        let line = line.trim_start();
        assert!(line.starts_with("dispute "), "{line}");
        if line.contains("--trust") {
            let mut policy = policy.clone();
            for name in ["keeper", "union", "employer"] {
                let key = fs::read_to_string(keeper.path().join(format!("{name}.pub"))).unwrap();
                policy = policy.replace(&format!("{name}.pub"), key.trim());
            }
            fs::write(keeper.path().join("trust.policy"), policy).unwrap();
            mail(keeper.path(), others[2].1.path());
        }
        match who {
            "keeper" => {
                if line.contains("w2.txt") && line.contains("checkpoint --key") {
                    record(&keeper, "x");
                }
                run(&keeper, line);
            }
            "court" => run(&others[2].1, line),
            // The employer does as the union does, after it.
            _ => {
                for (name, place) in &others[..2] {
                    mail(keeper.path(), place.path());
                    run(place, &line.replace("union", name));
                    mail(place.path(), keeper.path());
                }
            }
        }
        tried += 1;
    }
    assert_eq!(tried, 11);
    let policy = keeper.path().join("trust.policy");
    let policy = policy.to_str().unwrap();
    // Without the employer's signature it is not enough.
    let text = fs::read_to_string(keeper.path().join("w2.txt")).unwrap();
    let fewer: String = text
        .lines()
        .filter(|line| !line.starts_with("— employer "))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(keeper.path().join("fewer.txt"), fewer).unwrap();
    assert_eq!(keeper.run(&["verify", "--checkpoint", "fewer.txt", "--trust", policy]).exit, 6);
}

#[test]
fn two_checkpoints_of_one_size_are_evidence_and_not_a_mistake_in_the_command() {
    let (keeper, key) = signed_story();
    let union = Party::new("union");
    assert_eq!(union.cosign(&[&path(&keeper, "cp.txt")]).exit, 0);
    let fork = fork_of(&keeper, &["fork"]);
    record(&keeper, "honest");
    let [honest, honest_proof] = sign(&keeper, &keeper, "honest.txt");
    let [forked, _] = sign(&keeper, &fork, "forked.txt");
    // The other history is offered with the proof of the first.
    let run = union.cosign(&[&forked, "--proof", &honest_proof]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    assert_eq!(union.evidence().len(), 2, "{:?}", union.evidence());
    let compared = ["compare", &path(&keeper, "cp.txt"), &forked, "--proof", &honest_proof];
    let run = keeper.run(&[&compared[..], &["--key", &key]].concat());
    assert_eq!(run.exit, 6, "{}", run.stderr);
    assert!(run.stdout.contains("forked") || run.stdout.contains("histor"), "{}", run.stdout);
    assert_eq!(union.cosign(&[&honest, "--proof", &honest_proof]).exit, 0);
}

#[test]
fn a_key_that_has_signed_does_not_sign_without_its_memory() {
    let (keeper, _) = signed_story();
    let union = Party::new("union");
    let first = path(&keeper, "cp.txt");
    assert_eq!(union.cosign(&[&first]).exit, 0);
    fs::remove_file(union.memory()).unwrap();
    let run = union.cosign(&[&first]);
    assert_eq!(run.exit, 5, "{}", run.stderr);
    assert!(run.stderr.contains("is missing, and this key has signed before"), "{}", run.stderr);
}

#[test]
fn a_static_log_is_never_brought_up_to_another_history() {
    let (keeper, key) = signed_story();
    let fork = fork_of(&keeper, &["fork"]);
    let public = path(&keeper, "public");
    record(&keeper, "honest");
    sign(&keeper, &keeper, "honest.txt");
    keeper.answer(&["export", "--format", "tiles", &public]);
    let published = fs::read(keeper.path().join("public/checkpoint")).unwrap();
    record(&fork, "more");
    sign(&keeper, &fork, "forked.txt");
    let at = path(&fork, ".");
    let run = keeper.run(&["-L", &at, "export", "--format", "tiles", &public]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    assert_eq!(fs::read(keeper.path().join("public/checkpoint")).unwrap(), published);
    // One key named twice is one key, and a check that was asked for is never left out.
    let checked = ["verify", "--checkpoint", "cp.txt", "--key", &key, "--key", &key];
    assert_eq!(keeper.run(&checked).exit, 0);
    assert_eq!(keeper.run(&["compare", ".", &at, "--key", &key]).exit, 2);
    assert_eq!(keeper.run(&["verify", "--proof", "cp.txt", "--backup", "cp.txt"]).exit, 2);
}
