package csidriver

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// running is a driver that is reached as Kubernetes reaches it.
type running struct {
	csi.ControllerClient
	csi.NodeClient
	options Options
}

func run(t *testing.T, driver Driver, storage, cluster string) *running {
	t.Helper()
	folder := t.TempDir()
	options := Options{
		Driver: driver, Node: "node", Cluster: cluster, Storage: storage,
		Socket:       filepath.Join(folder, "csi.sock"),
		Registration: filepath.Join(folder, "registration.sock"),
		Notes:        Notes{Calls: filepath.Join(folder, "calls"), Faults: filepath.Join(folder, "faults")},
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, options) }()
	// It may not listen yet: the first call waits, and tries often.
	often := backoff.Config{BaseDelay: time.Millisecond, Multiplier: 1, MaxDelay: time.Millisecond}
	connection, err := grpc.NewClient("unix://"+options.Socket,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: often}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		connection.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return &running{csi.NewControllerClient(connection), csi.NewNodeClient(connection), options}
}

func runHostpath(t *testing.T) *running {
	t.Helper()
	return run(t, Drivers[0], t.TempDir(), "one")
}

func (r *running) data(of kind, id string) string {
	return filepath.Join(r.options.Storage, r.options.Driver.Name, string(of), id, dataFolder)
}

func (r *running) count(t *testing.T, of kind) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.options.Storage, r.options.Driver.Name, string(of)))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func (r *running) setFaults(t *testing.T, texts ...string) {
	t.Helper()
	faults, err := ParseFaults(texts)
	if err != nil {
		t.Fatal(err)
	}
	// Whole or not at all, as the command does it.
	partial := r.options.Notes.Faults + ".partial"
	if err := os.WriteFile(partial, faults.Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(partial, r.options.Notes.Faults); err != nil {
		t.Fatal(err)
	}
}

func volumeNamed(name string, sizeBytes int64) *csi.CreateVolumeRequest {
	return &csi.CreateVolumeRequest{Name: name, CapacityRange: &csi.CapacityRange{RequiredBytes: sizeBytes},
		VolumeCapabilities: []*csi.VolumeCapability{{
			AccessType: &csi.VolumeCapability_Mount{Mount: &csi.VolumeCapability_MountVolume{}}}}}
}

func fromSnapshot(asked *csi.CreateVolumeRequest, id string) *csi.CreateVolumeRequest {
	asked.VolumeContentSource = &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Snapshot{
		Snapshot: &csi.VolumeContentSource_SnapshotSource{SnapshotId: id}}}
	return asked
}

func fromVolume(asked *csi.CreateVolumeRequest, id string) *csi.CreateVolumeRequest {
	asked.VolumeContentSource = &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Volume{
		Volume: &csi.VolumeContentSource_VolumeSource{VolumeId: id}}}
	return asked
}

func (r *running) createVolume(t *testing.T, asked *csi.CreateVolumeRequest) string {
	t.Helper()
	answer, err := r.CreateVolume(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetVolume().GetVolumeId()
}

func (r *running) createSnapshot(t *testing.T, name, volume string) string {
	t.Helper()
	answer, err := r.CreateSnapshot(t.Context(), &csi.CreateSnapshotRequest{Name: name, SourceVolumeId: volume})
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetSnapshot().GetSnapshotId()
}

func wantCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if got := status.Code(err); got != want {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", path, got, err, want)
	}
}

func TestAskingTwiceByOneNameMakesOneThing(t *testing.T) {
	driver := runHostpath(t)

	first, second := driver.createVolume(t, volumeNamed("pvc-1", 5)), driver.createVolume(t, volumeNamed("pvc-1", 5))
	firstCopy := driver.createSnapshot(t, "snapshot-1", first)
	secondCopy := driver.createSnapshot(t, "snapshot-1", first)

	if first != second || firstCopy != secondCopy {
		t.Errorf("volumes %s and %s, snapshots %s and %s", first, second, firstCopy, secondCopy)
	}
	if driver.count(t, volumes) != 1 || driver.count(t, snapshots) != 1 {
		t.Errorf("%d volumes, %d snapshots", driver.count(t, volumes), driver.count(t, snapshots))
	}
}

func TestOneNameForDifferentThingsIsRefused(t *testing.T) {
	driver := runHostpath(t)
	volume, other := driver.createVolume(t, volumeNamed("pvc-1", 5)), driver.createVolume(t, volumeNamed("pvc-2", 5))
	driver.createSnapshot(t, "snapshot-1", volume)

	_, err := driver.CreateSnapshot(t.Context(), &csi.CreateSnapshotRequest{Name: "snapshot-1", SourceVolumeId: other})
	wantCode(t, err, codes.AlreadyExists)
	_, err = driver.CreateVolume(t.Context(), volumeNamed("pvc-1", 6))
	wantCode(t, err, codes.AlreadyExists)
	_, err = driver.CreateVolume(t.Context(), fromVolume(volumeNamed("pvc-1", 5), other))
	wantCode(t, err, codes.AlreadyExists)
}

func TestSnapshotStaysAsTheVolumeWas(t *testing.T) {
	driver := runHostpath(t)
	volume := driver.createVolume(t, volumeNamed("pvc-1", 5))
	write(t, driver.data(volumes, volume)+"/file", "before")
	snapshot := driver.createSnapshot(t, "snapshot-1", volume)
	write(t, driver.data(volumes, volume)+"/file", "after")

	restored := driver.createVolume(t, fromSnapshot(volumeNamed("pvc-2", 5), snapshot))
	cloned := driver.createVolume(t, fromVolume(volumeNamed("pvc-3", 5), volume))

	wantText(t, driver.data(volumes, restored)+"/file", "before")
	wantText(t, driver.data(volumes, cloned)+"/file", "after")
}

func TestCopiesKeepModesLinksAttributesAndHoles(t *testing.T) {
	driver := runHostpath(t)
	volume := driver.createVolume(t, volumeNamed("pvc-1", 5))
	data := driver.data(volumes, volume)
	write(t, data+"/file", "text")
	for _, err := range []error{
		os.Chmod(data, 0o3771|os.ModeSticky), os.Chmod(data+"/file", 0o604), os.Symlink("nowhere", data+"/link"),
		os.Link(data+"/file", data+"/same"), unix.Setxattr(data+"/file", "user.colour", []byte("red"), 0),
		os.WriteFile(data+"/sparse", nil, 0o600), os.Truncate(data+"/sparse", 1<<30),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}

	copied := driver.data(snapshots, driver.createSnapshot(t, "snapshot-1", volume))

	for _, name := range []string{"", "/file", "/link", "/same", "/sparse"} {
		var before, after unix.Stat_t
		if unix.Lstat(data+name, &before) != nil || unix.Lstat(copied+name, &after) != nil {
			t.Fatalf("%q is missing", name)
		}
		if before.Mode != after.Mode || before.Uid != after.Uid || before.Size != after.Size ||
			before.Mtim != after.Mtim || before.Nlink != after.Nlink || after.Blocks > before.Blocks {
			t.Errorf("%q: %+v became %+v", name, before, after)
		}
	}
	value := make([]byte, 8)
	if size, err := unix.Getxattr(copied+"/file", "user.colour", value); err != nil || string(value[:size]) != "red" {
		t.Errorf("the attribute is %q, %v", value[:max(size, 0)], err)
	}
}

func TestSizesAreAsAsked(t *testing.T) {
	driver := runHostpath(t)
	answer, err := driver.CreateVolume(t.Context(), volumeNamed("pvc-1", 12345))
	if err != nil || answer.GetVolume().GetCapacityBytes() != 12345 {
		t.Fatalf("got %v, %v", answer, err)
	}
	snapshot := driver.createSnapshot(t, "snapshot-1", answer.GetVolume().GetVolumeId())

	_, err = driver.CreateVolume(t.Context(), fromSnapshot(volumeNamed("pvc-2", 12344), snapshot))

	wantCode(t, err, codes.OutOfRange)
	expanded, err := driver.ControllerExpandVolume(t.Context(), &csi.ControllerExpandVolumeRequest{
		VolumeId: answer.GetVolume().GetVolumeId(), CapacityRange: &csi.CapacityRange{RequiredBytes: 20000}})
	if err != nil || expanded.GetCapacityBytes() != 20000 {
		t.Errorf("expanded: %v, %v", expanded, err)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	driver := runHostpath(t)
	for _, id := range []string{"missing", "../snapshots", "."} {
		_, err := driver.CreateVolume(t.Context(), fromSnapshot(volumeNamed("pvc-1", 5), id))
		wantCode(t, err, codes.NotFound)
		_, err = driver.CreateSnapshot(t.Context(), &csi.CreateSnapshotRequest{Name: "snapshot-1", SourceVolumeId: id})
		wantCode(t, err, codes.NotFound)
		_, err = driver.NodePublishVolume(t.Context(), &csi.NodePublishVolumeRequest{VolumeId: id, TargetPath: t.TempDir()})
		wantCode(t, err, codes.NotFound)
		_, err = driver.DeleteVolume(t.Context(), &csi.DeleteVolumeRequest{VolumeId: id})
		wantCode(t, err, codes.OK)
		_, err = driver.DeleteSnapshot(t.Context(), &csi.DeleteSnapshotRequest{SnapshotId: id})
		wantCode(t, err, codes.OK)
	}
	if driver.count(t, volumes) != 0 || driver.count(t, snapshots) != 0 {
		t.Error("something was made or the folders are gone")
	}
}

func TestBlockVolumesAreRefused(t *testing.T) {
	asked := volumeNamed("pvc-1", 5)
	asked.VolumeCapabilities[0].AccessType = &csi.VolumeCapability_Block{Block: &csi.VolumeCapability_BlockVolume{}}

	_, err := runHostpath(t).CreateVolume(t.Context(), asked)

	wantCode(t, err, codes.InvalidArgument)
}

func TestDriverWithoutSnapshotsRefusesThem(t *testing.T) {
	driver := run(t, Drivers[1], t.TempDir(), "one")
	volume := driver.createVolume(t, volumeNamed("pvc-1", 5))

	_, err := driver.CreateSnapshot(t.Context(), &csi.CreateSnapshotRequest{Name: "snapshot-1", SourceVolumeId: volume})

	wantCode(t, err, codes.Unimplemented)
}

func TestTwoClustersShareAStorage(t *testing.T) {
	storage := t.TempDir()
	one, two := run(t, Drivers[0], storage, "one"), run(t, Drivers[0], storage, "two")
	volume := one.createVolume(t, volumeNamed("pvc-1", 5))
	write(t, one.data(volumes, volume)+"/file", "text")
	snapshot := one.createSnapshot(t, "snapshot-1", volume)

	restored := two.createVolume(t, fromSnapshot(volumeNamed("pvc-2", 5), snapshot))

	wantText(t, two.data(volumes, restored)+"/file", "text")
}

func TestListsInPages(t *testing.T) {
	driver := runHostpath(t)
	volume, other := driver.createVolume(t, volumeNamed("pvc-1", 5)), driver.createVolume(t, volumeNamed("pvc-2", 5))
	for _, name := range []string{"a", "b", "c"} {
		driver.createSnapshot(t, name, volume)
	}
	driver.createSnapshot(t, "d", other)

	var ids []string
	asked := &csi.ListSnapshotsRequest{SourceVolumeId: volume, MaxEntries: 2}
	for {
		answer, err := driver.ListSnapshots(t.Context(), asked)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range answer.GetEntries() {
			ids = append(ids, entry.GetSnapshot().GetSnapshotId())
		}
		if asked.StartingToken = answer.GetNextToken(); asked.StartingToken == "" {
			break
		}
	}

	if len(ids) != 3 || ids[0] != "a" || ids[2] != "c" {
		t.Errorf("got %q", ids)
	}
}

func TestUnfinishedWorkOfTheSameClusterIsRemoved(t *testing.T) {
	storage := t.TempDir()
	for _, cluster := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(storage, Drivers[0].Name, "unfinished", cluster, "new-1"), 0o700); err != nil {
			t.Fatal(err)
		}
	}

	if _, err := openStore(filepath.Join(storage, Drivers[0].Name), "one"); err != nil {
		t.Fatal(err)
	}

	left, err := filepath.Glob(filepath.Join(storage, "*", "unfinished", "*", "*"))
	if err != nil || len(left) != 1 || filepath.Base(filepath.Dir(left[0])) != "two" {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestFilesThatVanishWhileTheyAreCopiedAreNoFailure(t *testing.T) {
	for output, want := range map[string]bool{
		"cp: cannot stat 'data/a': No such file or directory\n":                                                 true,
		"cp: cannot stat 'data/a': No such file or directory\ncp: error writing 'b': No space left on device\n": false,
		"": false,
	} {
		if got := saysOnlyVanished(output); got != want {
			t.Errorf("%q: %v", output, got)
		}
	}
}

func TestVolumeThatVanishesWhileItIsCopiedIsAFailure(t *testing.T) {
	store, err := openStore(t.TempDir(), "one")
	if err != nil {
		t.Fatal(err)
	}

	err = store.create(snapshots, "snapshot-1", record{Source: source(volumes, "gone")})

	if _, errRead := store.read(snapshots, "snapshot-1"); err == nil || errRead == nil {
		t.Errorf("got %v, and a snapshot: %v", err, errRead)
	}
}
