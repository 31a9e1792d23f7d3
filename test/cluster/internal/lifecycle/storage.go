package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/yaml"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/csidriver"
)

const (
	storagePath    = "/apis/storage.k8s.io/v1/"
	snapshotPath   = "/apis/snapshot.storage.k8s.io/v1/"
	definitionPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
)

// definitionFiles is a folder beside this program, which its build fills.
const definitionFiles = "snapshot-definitions"

type object = map[string]any

// class is a row of the storage classes. They are what a restore meets in the field: a default,
// one that waits for a pod, one whose driver makes no snapshots, and one without a CSI driver.
type class struct {
	name, provisioner string
	isDefault, waits  bool
}

func classes() []class {
	return []class{
		{name: "standard", provisioner: csidriver.Drivers[0].Name, isDefault: true},
		{name: "late", provisioner: csidriver.Drivers[0].Name, waits: true},
		{name: "plain", provisioner: csidriver.Drivers[1].Name},
		{name: "legacy", provisioner: "example.com/in-tree"},
	}
}

func (c class) object() object {
	mode := "Immediate"
	if c.waits {
		mode = "WaitForFirstConsumer"
	}
	metadata := object{"name": c.name}
	if c.isDefault {
		metadata["annotations"] = object{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	return object{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata,
		"provisioner": c.provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": mode, "allowVolumeExpansion": true}
}

func driverObject(driver csidriver.Driver) object {
	return object{"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": object{"name": driver.Name},
		"spec": object{"attachRequired": false, "podInfoOnMount": false, "fsGroupPolicy": "File",
			"volumeLifecycleModes": []string{"Persistent"}}}
}

func snapshotClass(driver csidriver.Driver) object {
	return object{"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshotClass",
		"metadata": object{"name": "standard",
			"annotations": object{"snapshot.storage.kubernetes.io/is-default-class": "true"}},
		"driver": driver.Name, "deletionPolicy": "Delete"}
}

// createStorageObjects creates what an administrator would: definitions, drivers and classes.
func createStorageObjects() error {
	client, err := newClient()
	if err != nil {
		return err
	}
	definitions, err := readDefinitions()
	if err != nil {
		return err
	}
	for _, definition := range definitions {
		if err := create(client, definitionPath, definition); err != nil {
			return err
		}
	}
	for _, driver := range csidriver.Drivers {
		if err := create(client, storagePath+"csidrivers", driverObject(driver)); err != nil {
			return err
		}
	}
	for _, class := range classes() {
		if err := create(client, storagePath+"storageclasses", class.object()); err != nil {
			return err
		}
	}
	return create(client, snapshotPath+"volumesnapshotclasses", snapshotClass(csidriver.Drivers[0]))
}

// readDefinitions reads the snapshots' definitions, which come with the snapshot-controller.
func readDefinitions() ([]object, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(filepath.Dir(program), definitionFiles)
	files, _ := filepath.Glob(filepath.Join(folder, "*.yaml")) // the pattern is well-formed, so no error
	if len(files) == 0 {
		return nil, fmt.Errorf("%s holds no definitions: \"make cluster\" copies them there", folder)
	}
	var all []object
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition object
		if err := yaml.Unmarshal(text, &definition); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, definition)
	}
	return all, nil
}

// create waits until the kind is served, which a new definition's is after a moment. In a kept
// cluster the object is there.
func create(client *apiclient.Client, path string, created object) error {
	body, err := json.Marshal(created)
	if err != nil {
		return err
	}
	last := ""
	for deadline := time.Now().Add(readyTimeout); time.Now().Before(deadline); time.Sleep(askInterval) {
		ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
		answer, err := client.Do(ctx, http.MethodPost, path, body)
		cancel()
		switch {
		case err != nil:
			last = err.Error()
		case answer.Status == http.StatusCreated || answer.Status == http.StatusConflict:
			return nil
		case answer.Status == http.StatusNotFound:
			last = "its kind is not served"
		default:
			return fmt.Errorf("POST %s: %d %s", path, answer.Status, answer.Body)
		}
	}
	return fmt.Errorf("POST %s did not succeed for %v: %s", path, readyTimeout, last)
}
