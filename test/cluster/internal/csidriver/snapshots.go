package csidriver

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func (c *controller) CreateSnapshot(_ context.Context, asked *csi.CreateSnapshotRequest) (
	*csi.CreateSnapshotResponse, error) {
	if err := c.checkSnapshots(); err != nil {
		return nil, err
	}
	if asked.GetName() == "" {
		return nil, status.Error(codes.InvalidArgument, "name is missing: every snapshot needs one")
	}
	id, volume := idOf(asked.GetName()), asked.GetSourceVolumeId()
	release, err := c.claim(snapshots, id)
	if err != nil {
		return nil, err
	}
	defer release()
	made, err := c.store.read(snapshots, id)
	if errors.Is(err, fs.ErrNotExist) {
		made, err = c.snapshot(id, asked.GetName(), volume)
	}
	if err != nil {
		return nil, asStatus(err)
	}
	if !made.isCopyOf(volumes, volume) {
		return nil, status.Errorf(codes.AlreadyExists, "snapshot %s is there already, of %s", id, made.Source)
	}
	described, err := c.describe(id, made)
	return &csi.CreateSnapshotResponse{Snapshot: described}, err
}

func (c *controller) snapshot(id, name, volume string) (record, error) {
	from, err := c.store.read(volumes, volume)
	if err != nil {
		return record{}, notFound(volumes, volume, err)
	}
	made := record{Name: name, Source: source(volumes, volume), SizeBytes: from.SizeBytes, Created: time.Now()}
	return made, c.store.create(snapshots, id, made)
}

// describe tells a snapshot's state, which a fault can keep from being ready.
func (c *controller) describe(id string, made record) (*csi.Snapshot, error) {
	faults, err := readFaults(c.notes.Faults)
	if err != nil {
		return nil, asStatus(err)
	}
	return &csi.Snapshot{SnapshotId: id, SourceVolumeId: made.sourceID(), SizeBytes: made.SizeBytes,
		CreationTime: timestamppb.New(made.Created), ReadyToUse: faults["CreateSnapshot"] != notReady}, nil
}

func (c *controller) DeleteSnapshot(_ context.Context, asked *csi.DeleteSnapshotRequest) (
	*csi.DeleteSnapshotResponse, error) {
	if err := c.checkSnapshots(); err != nil {
		return nil, err
	}
	release, err := c.claim(snapshots, asked.GetSnapshotId())
	if err != nil {
		return nil, err
	}
	defer release()
	if err := c.store.remove(snapshots, asked.GetSnapshotId()); err != nil {
		return nil, asStatus(err)
	}
	return &csi.DeleteSnapshotResponse{}, nil
}

// ListSnapshots answers in pages if it is asked to; a page's token is the id it begins with.
func (c *controller) ListSnapshots(_ context.Context, asked *csi.ListSnapshotsRequest) (
	*csi.ListSnapshotsResponse, error) {
	if err := c.checkSnapshots(); err != nil {
		return nil, err
	}
	ids, err := c.store.list(snapshots)
	if err != nil {
		return nil, asStatus(err)
	}
	if token := asked.GetStartingToken(); token != "" {
		position, isThere := slices.BinarySearch(ids, token)
		if !isThere {
			return nil, status.Errorf(codes.Aborted, "starting_token %q is unknown: list from the beginning", token)
		}
		ids = ids[position:]
	}
	answer := &csi.ListSnapshotsResponse{}
	for _, id := range ids {
		found, err := c.store.read(snapshots, id)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed just now
		}
		if err != nil {
			return nil, asStatus(err)
		}
		if !isWanted(asked, id, found) {
			continue
		}
		if limit := int(asked.GetMaxEntries()); limit > 0 && len(answer.Entries) == limit {
			answer.NextToken = id
			break
		}
		described, err := c.describe(id, found)
		if err != nil {
			return nil, err
		}
		answer.Entries = append(answer.Entries, &csi.ListSnapshotsResponse_Entry{Snapshot: described})
	}
	return answer, nil
}

func isWanted(asked *csi.ListSnapshotsRequest, id string, found record) bool {
	return (asked.GetSnapshotId() == "" || asked.GetSnapshotId() == id) &&
		(asked.GetSourceVolumeId() == "" || found.isCopyOf(volumes, asked.GetSourceVolumeId()))
}

func (c *controller) checkSnapshots() error {
	if c.driver.Snapshots {
		return nil
	}
	return status.Errorf(codes.Unimplemented, "%s makes no snapshots", c.driver.Name)
}
