package node

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"

	"salvor.test/cluster/internal/image"
	"salvor.test/cluster/internal/statedir"
)

// BusyboxImage is there in every cluster with a node.
const BusyboxImage = "docker.io/library/busybox:test"

// ImportImages gives the working directory's cluster the images that are always there. What holds
// a pod's namespaces is busybox as well: containerd ends it by KILL, so that it need not know how
// to end. It reaps no processes, which only pods with shareProcessNamespace would notice.
func ImportImages() error {
	for _, made := range []struct {
		reference string
		start     image.Start
	}{
		{PauseImage, image.Start{Entrypoint: []string{Busybox, "sleep", "2147483647"}}},
		{BusyboxImage, image.Start{Cmd: []string{"/bin/sh"}}},
	} {
		layer, err := busybox()
		if err != nil {
			return err
		}
		if err := ImportImage(made.reference, layer, made.start); err != nil {
			return err
		}
	}
	return nil
}

func busybox() (*image.Layer, error) {
	layer, err := image.NewLayer()
	if err != nil {
		return nil, err
	}
	if _, err := layer.AddProgram(Busybox); err != nil {
		return nil, err
	}
	applets, err := exec.Command(Busybox, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("asking busybox what it can be: %w", err)
	}
	for _, applet := range strings.Fields(string(applets)) {
		if applet == "busybox" {
			continue
		}
		if err := layer.AddLink("/bin/"+applet, "busybox"); err != nil {
			return nil, err
		}
	}
	return layer, nil
}

// ImportPrograms makes an image of programs of this machine; it starts the first one.
func ImportPrograms(reference string, programs []string) error {
	layer, err := image.NewLayer()
	if err != nil {
		return err
	}
	var entrypoint []string
	for _, program := range programs {
		path, err := layer.AddProgram(program)
		if err != nil {
			return err
		}
		if entrypoint == nil {
			entrypoint = []string{path}
		}
	}
	return ImportImage(reference, layer, image.Start{Entrypoint: entrypoint})
}

// ImportImage hands an image to the containerd of the working directory's cluster. That folder's
// own path may be too long for a socket, hence the short one.
func ImportImage(reference string, layer *image.Layer, start image.Start) error {
	var archive bytes.Buffer
	if err := image.Write(&archive, reference, layer, start); err != nil {
		return err
	}
	command := exec.Command(Ctr, "--address=/proc/self/cwd/"+statedir.ContainerdSocket, "--namespace=k8s.io",
		"images", "import", "-")
	command.Stdin = &archive
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("importing the image %s: %w: %s", reference, err, strings.TrimSpace(string(output)))
	}
	return nil
}
