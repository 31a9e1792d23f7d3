package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
)

// Start says what a container runs, as the image format has it.
type Start struct {
	Entrypoint []string `json:"Entrypoint,omitempty"`
	Cmd        []string `json:"Cmd,omitempty"`
	Env        []string `json:"Env"`
}

// The shapes of https://github.com/opencontainers/image-spec, as far as they are needed.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	Manifests     []descriptor `json:"manifests"`
}

type config struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Config       Start  `json:"config"`
	RootFS       rootFS `json:"rootfs"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
	// containerd names the image by this.
	nameAnnotation = "io.containerd.image.name"
)

// Write writes an image of one layer as the tar file that containerd imports.
func Write(out io.Writer, reference string, layer *Layer, start Start) error {
	start.Env = append(start.Env, "PATH=/bin")
	content, err := layer.close()
	if err != nil {
		return err
	}
	layout := &layout{writer: tar.NewWriter(out)}
	layerBlob := layout.addBlob(layerType, content)
	configBlob := layout.addJSON(configType, config{Architecture: runtime.GOARCH, OS: "linux", Config: start,
		RootFS: rootFS{Type: "layers", DiffIDs: []string{layerBlob.Digest}}})
	manifestBlob := layout.addJSON(manifestType, manifest{SchemaVersion: 2, MediaType: manifestType,
		Config: configBlob, Layers: []descriptor{layerBlob}})
	manifestBlob.Annotations = map[string]string{nameAnnotation: FullReference(reference)}
	layout.addFile("index.json", layout.marshal(index{SchemaVersion: 2, Manifests: []descriptor{manifestBlob}}))
	layout.addFile("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	if layout.err == nil {
		layout.err = layout.writer.Close()
	}
	return layout.err
}

// FullReference is what a pod's short reference means: "busybox:test" is an image of Docker's hub.
func FullReference(reference string) string {
	domain, _, hasPath := strings.Cut(reference, "/")
	if !hasPath {
		return "docker.io/library/" + reference
	}
	if !strings.ContainsAny(domain, ".:") && domain != "localhost" {
		return "docker.io/" + reference
	}
	return reference
}

// layout remembers the first error, so that its users need to look once.
type layout struct {
	writer *tar.Writer
	err    error
}

func (l *layout) addJSON(mediaType string, value any) descriptor {
	return l.addBlob(mediaType, l.marshal(value))
}

func (l *layout) marshal(value any) []byte {
	text, err := json.Marshal(value)
	if l.err == nil {
		l.err = err
	}
	return text
}

func (l *layout) addBlob(mediaType string, content []byte) descriptor {
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	l.addFile("blobs/sha256/"+digest, content)
	return descriptor{MediaType: mediaType, Digest: "sha256:" + digest, Size: len(content)}
}

func (l *layout) addFile(name string, content []byte) {
	if l.err != nil {
		return
	}
	if l.err = l.writer.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); l.err == nil {
		_, l.err = io.Copy(l.writer, bytes.NewReader(content))
	}
	if l.err != nil {
		l.err = fmt.Errorf("writing %s of the image: %w", name, l.err)
	}
}
