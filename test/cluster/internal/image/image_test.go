package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entries reads a tar file: names with their content, links with what they point to.
func entries(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, isTwice := all[header.Name]; isTwice {
			t.Errorf("%s is there twice", header.Name)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		all[header.Name] = append(content, header.Linkname...)
	}
}

func decode[T any](t *testing.T, text []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func newLayer(t *testing.T) *Layer {
	t.Helper()
	layer, err := NewLayer()
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

func TestEachDescriptorLeadsToItsBlob(t *testing.T) {
	layer := newLayer(t)
	if err := layer.AddLink("/bin/sh", "busybox"); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer

	if err := Write(&archive, "tool:test", layer, Start{Entrypoint: []string{"/bin/tool"}}); err != nil {
		t.Fatal(err)
	}

	files := entries(t, archive.Bytes())
	blob := func(described descriptor) []byte {
		content := files["blobs/sha256/"+strings.TrimPrefix(described.Digest, "sha256:")]
		sum := sha256.Sum256(content)
		if "sha256:"+hex.EncodeToString(sum[:]) != described.Digest || len(content) != described.Size {
			t.Errorf("%+v leads to %d other bytes", described, len(content))
		}
		return content
	}
	named := decode[index](t, files["index.json"]).Manifests[0]
	made := decode[manifest](t, blob(named))
	configured := decode[config](t, blob(made.Config))
	content := entries(t, blob(made.Layers[0]))
	if named.Annotations[nameAnnotation] != "docker.io/library/tool:test" {
		t.Errorf("named %v", named.Annotations)
	}
	if configured.RootFS.DiffIDs[0] != made.Layers[0].Digest || configured.Config.Entrypoint[0] != "/bin/tool" {
		t.Errorf("configured %+v", configured)
	}
	if string(content["bin/sh"]) != "busybox" || content["tmp/"] == nil && !slices.Contains(keys(content), "tmp/") {
		t.Errorf("the layer holds %q", keys(content))
	}
}

func keys(of map[string][]byte) []string {
	var all []string
	for name := range of {
		all = append(all, name)
	}
	return all
}

func TestProgramBringsItsLibrariesAndTheLoader(t *testing.T) {
	layer := newLayer(t)

	first, errFirst := layer.AddProgram("/bin/ls")
	_, errSecond := layer.AddProgram("/bin/cat")

	if errFirst != nil || errSecond != nil || first != "/bin/ls" {
		t.Fatalf("%s, %v, %v", first, errFirst, errSecond)
	}
	archive, err := layer.close()
	if err != nil {
		t.Fatal(err)
	}
	found := keys(entries(t, archive)) // fails if the libraries that both need are there twice
	for _, part := range []string{"bin/ls", "bin/cat", "libc.so", "ld-linux"} {
		if !slices.ContainsFunc(found, func(name string) bool { return strings.Contains(name, part) }) {
			t.Errorf("%s is missing among %q", part, found)
		}
	}
}

func TestProgramsOfOneNameAreRefused(t *testing.T) {
	layer := newLayer(t)
	if _, err := layer.AddProgram("/bin/ls"); err != nil {
		t.Fatal(err)
	}

	if _, err := layer.AddProgram("/usr/bin/ls"); err == nil {
		t.Error("one of them would hide the other")
	}
}

func TestWhatIsNoProgramIsNamed(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}

	_, err := newLayer(t).AddProgram(script)

	if err == nil || !strings.Contains(err.Error(), script) {
		t.Errorf("got %v", err)
	}
}

func TestLddIsUnderstood(t *testing.T) {
	const output = "\tlinux-vdso.so.1 (0x00007ffc)\n" +
		"\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f1c)\n\t/lib64/ld-linux.so.2 (0x00007f1d)\n"

	paths, err := parseLdd("tool", output)

	if err != nil || !slices.Equal(paths, []string{"/lib/x/libc.so.6", "/lib64/ld-linux.so.2"}) {
		t.Errorf("got %q, %v", paths, err)
	}
	_, err = parseLdd("tool", "\tlibnone.so.1 => not found\n")
	if err == nil || !strings.Contains(err.Error(), "libnone.so.1") {
		t.Errorf("a missing library: %v", err)
	}
}

func TestReferencesMeanWhatPodsMean(t *testing.T) {
	for short, want := range map[string]string{
		"busybox:test":            "docker.io/library/busybox:test",
		"salvor/agent:test":       "docker.io/salvor/agent:test",
		"localhost/agent:test":    "localhost/agent:test",
		"registry.test:5000/a:b":  "registry.test:5000/a:b",
		"registry.test/a/agent:b": "registry.test/a/agent:b",
	} {
		if got := FullReference(short); got != want {
			t.Errorf("%s became %s, want %s", short, got, want)
		}
	}
}
