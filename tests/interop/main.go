// Reads a ledger's static log and its checkpoints with Go's golang.org/x/mod/sumdb, which knows
// nothing of ledgers: interop VKEY FOLDER [CHECKPOINT]...
//
// The checkpoint in the folder is opened under the key, every tile and every entry is checked against
// its root, and each further checkpoint has to be opened and to be an earlier state of it.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// What the paths of c2sp.org/tlog-tiles leave out, and those of Go's tlog have: the height.
func goPath(path string) string     { return strings.Replace(path, "tile/", "tile/8/", 1) }
func staticPath(path string) string { return strings.Replace(path, "tile/8/", "tile/", 1) }

type folder string

func (f folder) Height() int                         { return height }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(string(f), staticPath(tile.Path()))); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func must(err error, where string) {
	if err != nil {
		log.Fatalf("%s: %v", where, err)
	}
}

func open(path string, keys note.Verifiers) (string, tlog.Tree) {
	data, err := os.ReadFile(path)
	must(err, path)
	signed, err := note.Open(data, keys)
	must(err, path)
	// Go's ParseTree wants its own first line in place of the ledger's id.
	origin, rest, _ := strings.Cut(signed.Text, "\n")
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	must(err, path)
	return origin, tree
}

func width(rows, n int64) int {
	if rows-n<<height > 1<<height {
		return 1 << height
	}
	return int(rows - n<<height)
}

// Every entry is in the tree under the root, by a proof from the tiles. Gives their hashes.
func checkEntries(dir string, tree tlog.Tree, reader tlog.HashReader) []tlog.Hash {
	var hashes []tlog.Hash
	for bundle := int64(0); bundle<<height < tree.N; bundle++ {
		tile := tlog.Tile{H: height, L: 0, N: bundle, W: width(tree.N, bundle)}
		path := strings.Replace(staticPath(tile.Path()), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, path))
		must(err, path)
		for i := 0; i < tile.W; i++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				log.Fatalf("%s: it ends too early", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			index, hash := int64(len(hashes)), tlog.RecordHash(data[2:end])
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			must(err, path)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash), fmt.Sprint("entry ", index))
			hashes, data = append(hashes, hash), data[end:]
		}
		if len(data) != 0 {
			log.Fatalf("%s: it has more than %d entries", path, tile.W)
		}
	}
	return hashes
}

func fold(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(fold(hashes[:half]), fold(hashes[half:]))
}

// The files under tile/ are the tiles of this tree and no others, and each has the right hashes. The
// reader looks at few of them: those that no proof needs are compared here with the entries.
func checkTiles(dir string, row []tlog.Hash) int {
	expected := map[string]bool{}
	for level := 0; len(row) > 0; level++ {
		var above []tlog.Hash
		for n := int64(0); n<<height < int64(len(row)); n++ {
			tile := tlog.Tile{H: height, L: level, N: n, W: width(int64(len(row)), n)}
			hashes := row[n<<height:][:tile.W]
			path := staticPath(tile.Path())
			expected[path] = true
			stored, err := os.ReadFile(filepath.Join(dir, path))
			must(err, path)
			var data []byte
			for _, hash := range hashes {
				data = append(data, hash[:]...)
			}
			if !bytes.Equal(data, stored) {
				log.Fatalf("%s: not the hashes of the entries", path)
			}
			if tile.W == 1<<height {
				above = append(above, fold(hashes))
			}
		}
		row = above
	}
	must(filepath.WalkDir(filepath.Join(dir, "tile"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path, _ = filepath.Rel(dir, path)
		if path = filepath.ToSlash(path); strings.HasPrefix(path, "tile/entries/") {
			return nil
		}
		if _, err := tlog.ParseTilePath(goPath(path)); err != nil {
			return err
		}
		if !expected[path] {
			return fmt.Errorf("%s: no tile of this tree", path)
		}
		return nil
	}), dir)
	return len(expected)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: interop VKEY FOLDER [CHECKPOINT]...")
	}
	verifier, err := note.NewVerifier(os.Args[1])
	must(err, "the key")
	keys, dir := note.VerifierList(verifier), os.Args[2]

	origin, tree := open(filepath.Join(dir, "checkpoint"), keys)
	reader := tlog.TileHashReader(tree, folder(dir))
	hash, err := tlog.TreeHash(tree.N, reader)
	must(err, dir)
	if hash != tree.Hash {
		log.Fatalf("%s: the tiles have another root than the checkpoint", dir)
	}
	tiles := checkTiles(dir, checkEntries(dir, tree, reader))

	for _, path := range os.Args[3:] {
		earlierOrigin, earlier := open(path, keys)
		if earlierOrigin != origin {
			log.Fatalf("%s: of another ledger, %s", path, earlierOrigin)
		}
		proof, err := tlog.ProveTree(tree.N, earlier.N, reader)
		must(err, path)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash), path)
	}
	fmt.Printf("%s: %d tiles, %d entries and %d earlier checkpoints hold\n", origin, tiles, tree.N, len(os.Args)-3)
}
