// Package image makes container images out of files of this machine, without a registry: a layer,
// and the OCI layout around it that containerd imports.
package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Layer is the files of an image.
type Layer struct {
	buffer bytes.Buffer
	writer *tar.Writer
	added  map[string]bool // folders, programs and libraries that are in it
}

// NewLayer has what every program expects: a folder for temporary files, and a user 0.
func NewLayer() (*Layer, error) {
	layer := &Layer{added: map[string]bool{}}
	layer.writer = tar.NewWriter(&layer.buffer)
	return layer, errors.Join(
		layer.addFolder("/tmp", 0o1777),
		layer.addContent("/etc/passwd", []byte("root:x:0:0:root:/:/bin/sh\n"), 0o644),
		layer.addContent("/etc/group", []byte("root:x:0:\n"), 0o644))
}

// addFile copies a file of this machine; behind links it is the file at their end.
func (l *Layer) addFile(to, from string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return l.addContent(to, content, info.Mode().Perm())
}

// AddLink makes a symbolic link.
func (l *Layer) AddLink(at, to string) error {
	if err := l.addParents(at); err != nil {
		return err
	}
	return l.writer.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: inTar(at), Linkname: to, Mode: 0o777})
}

func (l *Layer) addContent(to string, content []byte, mode fs.FileMode) error {
	if err := l.addParents(to); err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: inTar(to), Mode: int64(mode), Size: int64(len(content))}
	if err := l.writer.WriteHeader(header); err != nil {
		return err
	}
	_, err := l.writer.Write(content)
	return err
}

func (l *Layer) addParents(of string) error {
	parent := path.Dir(of)
	if parent == "/" || l.added[parent] {
		return nil
	}
	if err := l.addParents(parent); err != nil {
		return err
	}
	return l.addFolder(parent, 0o755)
}

func (l *Layer) addFolder(name string, mode int64) error {
	l.added[name] = true
	return l.writer.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: inTar(name) + "/", Mode: mode})
}

func inTar(name string) string { return strings.TrimPrefix(name, "/") }

func (l *Layer) close() ([]byte, error) {
	err := l.writer.Close()
	return l.buffer.Bytes(), err
}

// certificates is where programs look for the authorities that they trust.
const certificates = "/etc/ssl/certs/ca-certificates.crt"

// AddProgram puts a program in /bin, the shared libraries that it needs where the loader finds
// them, and the machine's trusted authorities. It returns the program's path in the image.
func (l *Layer) AddProgram(from string) (string, error) {
	libraries, err := libraries(from)
	if err != nil {
		return "", err
	}
	to := "/bin/" + filepath.Base(from)
	if l.added[to] {
		return "", fmt.Errorf("%s: another program of this name is in the image already", from)
	}
	l.added[to] = true
	if err := l.addFile(to, from); err != nil {
		return "", err
	}
	if _, err := os.Stat(certificates); err == nil {
		libraries = append(libraries, certificates)
	}
	for _, file := range libraries {
		if l.added[file] {
			continue // another program needs it too
		}
		l.added[file] = true
		if err := l.addFile(file, file); err != nil {
			return "", fmt.Errorf("%s: %w", from, err)
		}
	}
	return to, nil
}
