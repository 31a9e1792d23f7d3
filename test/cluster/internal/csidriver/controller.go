package csidriver

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// defaultSizeBytes is for a volume whose size was left open.
const defaultSizeBytes = 1 << 30

// controller makes and removes volumes.
type controller struct {
	csi.UnimplementedControllerServer
	driver Driver
	store  *store
	notes  Notes

	mutex sync.Mutex
	busy  map[string]bool // names of what is being made or removed
}

// claim keeps two calls from working on one thing: the second one is told to come again.
func (c *controller) claim(of kind, id string) (release func(), err error) {
	key := source(of, id)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.busy[key] {
		return nil, status.Errorf(codes.Aborted, "another call works on %s", key)
	}
	c.busy[key] = true
	return func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.busy, key)
	}, nil
}

func (c *controller) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (
	*csi.ControllerGetCapabilitiesResponse, error) {
	offered := []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CLONE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
		csi.ControllerServiceCapability_RPC_GET_CAPACITY,
	}
	if c.driver.Snapshots {
		offered = append(offered, csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
			csi.ControllerServiceCapability_RPC_LIST_SNAPSHOTS)
	}
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, offer := range offered {
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: offer}}})
	}
	return answer, nil
}

func (c *controller) CreateVolume(_ context.Context, asked *csi.CreateVolumeRequest) (
	*csi.CreateVolumeResponse, error) {
	if asked.GetName() == "" {
		return nil, status.Error(codes.InvalidArgument, "name is missing: every volume needs one")
	}
	if err := checkCapabilities(asked.GetVolumeCapabilities()); err != nil {
		return nil, err
	}
	id := idOf(asked.GetName())
	release, err := c.claim(volumes, id)
	if err != nil {
		return nil, err
	}
	defer release()
	made, err := c.store.read(volumes, id)
	if errors.Is(err, fs.ErrNotExist) {
		made, err = c.create(id, asked)
	}
	if err != nil {
		return nil, asStatus(err)
	}
	from, sourceID := contentSource(asked.GetVolumeContentSource())
	if made.SizeBytes < asked.GetCapacityRange().GetRequiredBytes() || made.Source != source(from, sourceID) {
		return nil, status.Errorf(codes.AlreadyExists, "volume %s is there already with another size or content", id)
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId: id, CapacityBytes: made.SizeBytes, ContentSource: asked.GetVolumeContentSource()}}, nil
}

// checkCapabilities refuses what folders can't be.
func checkCapabilities(wanted []*csi.VolumeCapability) error {
	if len(wanted) == 0 {
		return status.Error(codes.InvalidArgument, "volume_capabilities is missing: say how the volume is to be used")
	}
	for _, capability := range wanted {
		if capability.GetBlock() != nil {
			return status.Error(codes.InvalidArgument,
				"volumeMode Block is refused: a volume of this driver is a folder: ask for volumeMode Filesystem")
		}
	}
	return nil
}

func (c *controller) create(id string, asked *csi.CreateVolumeRequest) (record, error) {
	from, sourceID := contentSource(asked.GetVolumeContentSource())
	made := record{Name: asked.GetName(), Source: source(from, sourceID), Created: time.Now()}
	contentBytes := int64(0)
	if made.Source != "" {
		found, err := c.store.read(from, sourceID)
		if err != nil {
			return record{}, notFound(from, sourceID, err)
		}
		contentBytes = found.SizeBytes
	}
	var err error
	if made.SizeBytes, err = sizeOf(asked.GetCapacityRange(), contentBytes); err != nil {
		return record{}, err
	}
	return made, c.store.create(volumes, id, made)
}

// contentSource says what a volume is to be a copy of; no id means nothing.
func contentSource(from *csi.VolumeContentSource) (kind, string) {
	if from.GetSnapshot() != nil {
		return snapshots, from.GetSnapshot().GetSnapshotId()
	}
	return volumes, from.GetVolume().GetVolumeId()
}

// sizeOf is the least size that the range allows and that has room for the content.
func sizeOf(asked *csi.CapacityRange, contentBytes int64) (int64, error) {
	sizeBytes := asked.GetRequiredBytes()
	if sizeBytes == 0 {
		sizeBytes = max(contentBytes, defaultSizeBytes)
		if limit := asked.GetLimitBytes(); limit > 0 {
			sizeBytes = min(sizeBytes, limit)
		}
	}
	if sizeBytes < contentBytes {
		return 0, status.Errorf(codes.OutOfRange,
			"%d bytes are too few: the content's source has %d: ask for as much", sizeBytes, contentBytes)
	}
	return sizeBytes, nil
}

func (c *controller) DeleteVolume(_ context.Context, asked *csi.DeleteVolumeRequest) (
	*csi.DeleteVolumeResponse, error) {
	release, err := c.claim(volumes, asked.GetVolumeId())
	if err != nil {
		return nil, err
	}
	defer release()
	if err := c.store.remove(volumes, asked.GetVolumeId()); err != nil {
		return nil, asStatus(err)
	}
	return &csi.DeleteVolumeResponse{}, nil
}

func (c *controller) ControllerExpandVolume(_ context.Context, asked *csi.ControllerExpandVolumeRequest) (
	*csi.ControllerExpandVolumeResponse, error) {
	id, wanted := asked.GetVolumeId(), asked.GetCapacityRange().GetRequiredBytes()
	release, err := c.claim(volumes, id)
	if err != nil {
		return nil, err
	}
	defer release()
	found, err := c.store.read(volumes, id)
	if err != nil {
		return nil, notFound(volumes, id, err)
	}
	if wanted > found.SizeBytes {
		if err := c.store.resize(volumes, id, wanted); err != nil {
			return nil, asStatus(err)
		}
		found.SizeBytes = wanted
	}
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: found.SizeBytes}, nil
}

func (c *controller) ValidateVolumeCapabilities(_ context.Context, asked *csi.ValidateVolumeCapabilitiesRequest) (
	*csi.ValidateVolumeCapabilitiesResponse, error) {
	if _, err := c.store.read(volumes, asked.GetVolumeId()); err != nil {
		return nil, notFound(volumes, asked.GetVolumeId(), err)
	}
	if err := checkCapabilities(asked.GetVolumeCapabilities()); err != nil {
		return &csi.ValidateVolumeCapabilitiesResponse{Message: err.Error()}, nil
	}
	return &csi.ValidateVolumeCapabilitiesResponse{Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
		VolumeCapabilities: asked.GetVolumeCapabilities()}}, nil
}

func (c *controller) GetCapacity(context.Context, *csi.GetCapacityRequest) (*csi.GetCapacityResponse, error) {
	free, err := c.store.freeBytes()
	if err != nil {
		return nil, asStatus(err)
	}
	return &csi.GetCapacityResponse{AvailableCapacity: free}, nil
}

// asStatus leaves errors alone that say already what they mean to a caller.
func asStatus(err error) error {
	if _, isStatus := status.FromError(err); isStatus {
		return err
	}
	return status.Error(codes.Internal, err.Error())
}

func notFound(of kind, id string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return status.Errorf(codes.NotFound, "there is no %q in %s", id, of)
	}
	return asStatus(err)
}
