package csidriver

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestFaultsSurviveBeingWrittenAndRead(t *testing.T) {
	faults, err := ParseFaults([]string{
		"create-volume=error:no room, no luck = no", "create-snapshot=not-ready", "node-publish=stall"})
	if err != nil {
		t.Fatal(err)
	}

	read, err := ParseFaults(strings.Split(strings.TrimSpace(string(faults.Text())), "\n"))

	if err != nil || len(read) != 3 || read["CreateVolume"] != "error:no room, no luck = no" {
		t.Errorf("got %q, %v", read, err)
	}
}

func TestBadFaultsAreNamed(t *testing.T) {
	for _, text := range []string{"", "clear", "create-snapshot", "create-snapshot=", "create-snapshot=error",
		"create-snapshot=error:", "create-volume=not-ready", "eat=stall", "create-volume=error:two\nlines"} {
		if _, err := ParseFaults([]string{text}); err == nil || !strings.Contains(err.Error(), "fault ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestErrorStrikesUntilItIsCleared(t *testing.T) {
	driver := runHostpath(t)
	driver.setFaults(t, "create-volume=error:the disk is on fire")

	_, err := driver.CreateVolume(t.Context(), volumeNamed("pvc-1", 5))

	if status.Convert(err).Message() != "the disk is on fire" || driver.count(t, volumes) != 0 {
		t.Errorf("got %v and %d volumes", err, driver.count(t, volumes))
	}
	driver.setFaults(t)
	driver.createVolume(t, volumeNamed("pvc-1", 5))
}

func TestStallLastsUntilItIsClearedOrTheCallerGivesUp(t *testing.T) {
	driver := runHostpath(t)
	driver.setFaults(t, "create-volume=stall")
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()

	_, err := driver.CreateVolume(impatient, volumeNamed("pvc-1", 5))
	wantCode(t, err, codes.DeadlineExceeded)

	answered := make(chan error, 1)
	go func() {
		_, err := driver.CreateVolume(t.Context(), volumeNamed("pvc-1", 5))
		answered <- err
	}()
	driver.setFaults(t)
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestSnapshotIsNotReadyUntilThatIsCleared(t *testing.T) {
	driver := runHostpath(t)
	volume := driver.createVolume(t, volumeNamed("pvc-1", 5))
	asked := &csi.CreateSnapshotRequest{Name: "snapshot-1", SourceVolumeId: volume}
	driver.setFaults(t, "create-snapshot=not-ready")

	first, err := driver.CreateSnapshot(t.Context(), asked)

	if err != nil || first.GetSnapshot().GetReadyToUse() {
		t.Fatalf("got %v, %v", first, err)
	}
	driver.setFaults(t)
	second, err := driver.CreateSnapshot(t.Context(), asked)
	if err != nil || !second.GetSnapshot().GetReadyToUse() {
		t.Errorf("got %v, %v", second, err)
	}
}

func TestCallsAreCountedByOutcome(t *testing.T) {
	driver := runHostpath(t)
	driver.createVolume(t, volumeNamed("pvc-1", 5))
	driver.setFaults(t, "create-volume=error:no")
	driver.CreateVolume(t.Context(), volumeNamed("pvc-2", 5))
	driver.CreateVolume(t.Context(), volumeNamed("pvc-2", 5))

	var out bytes.Buffer
	if err := PrintCalls(driver.options.Notes.Calls, &out); err != nil {
		t.Fatal(err)
	}

	if want := "CreateVolume calls=3 Internal=2 OK=1\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestStalledCallCountsAsBegun(t *testing.T) {
	notes := Notes{Calls: t.TempDir() + "/calls"}
	if err := notes.append(begun, "CreateVolume", "-"); err != nil {
		t.Fatal(err)
	}

	var out bytes.Buffer
	if err := PrintCalls(notes.Calls, &out); err != nil || out.String() != "CreateVolume calls=1\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestOnlyOneCallWorksOnAThing(t *testing.T) {
	busy := &controller{busy: map[string]bool{}}
	release, err := busy.claim(volumes, "pvc-1")
	if err != nil {
		t.Fatal(err)
	}

	_, err = busy.claim(volumes, "pvc-1")

	wantCode(t, err, codes.Aborted)
	release()
	if _, err := busy.claim(volumes, "pvc-1"); err != nil {
		t.Error(err)
	}
}

func TestDriversAreFoundByEitherName(t *testing.T) {
	for _, driver := range Drivers {
		for _, name := range []string{driver.Short, driver.Name} {
			if found, err := Find(name); err != nil || found != driver {
				t.Errorf("%s: %v, %v", name, found, err)
			}
		}
	}
	if _, err := Find("nfs"); err == nil || !strings.Contains(err.Error(), "hostpath") {
		t.Errorf("got %v", err)
	}
}

func TestAnyNameMakesAnID(t *testing.T) {
	seen := []string{}
	for _, name := range []string{"pvc-1", "a/b", "..", ".", "ü", strings.Repeat("n", 300)} {
		id := idOf(name)
		if !plainID.MatchString(id) || slices.Contains(seen, id) || id != idOf(name) {
			t.Errorf("%q became %q", name, id)
		}
		seen = append(seen, id)
	}
	if _, err := os.Stat(idOf("pvc-1")); err == nil {
		t.Error("making an id made a file")
	}
}
