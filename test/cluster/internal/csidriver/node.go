package csidriver

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// node shows volumes to pods: it binds a volume's folder to the place that the kubelet names.
type node struct {
	csi.UnimplementedNodeServer
	name  string
	store *store
}

func (n *node) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: n.name}, nil
}

func (n *node) NodeGetCapabilities(context.Context, *csi.NodeGetCapabilitiesRequest) (
	*csi.NodeGetCapabilitiesResponse, error) {
	return &csi.NodeGetCapabilitiesResponse{}, nil
}

func (n *node) NodePublishVolume(_ context.Context, asked *csi.NodePublishVolumeRequest) (
	*csi.NodePublishVolumeResponse, error) {
	id, target := asked.GetVolumeId(), asked.GetTargetPath()
	if target == "" {
		return nil, status.Error(codes.InvalidArgument, "target_path is missing")
	}
	if _, err := n.store.read(volumes, id); err != nil {
		return nil, notFound(volumes, id, err)
	}
	if err := os.MkdirAll(target, 0o750); err != nil {
		return nil, asStatus(err)
	}
	isBound, err := isMountPoint(target)
	if err == nil && !isBound {
		err = unix.Mount(n.store.data(volumes, id), target, "", unix.MS_BIND, "")
	}
	if err == nil && asked.GetReadonly() {
		err = unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
	}
	if err != nil {
		return nil, asStatus(err)
	}
	return &csi.NodePublishVolumeResponse{}, nil
}

func isMountPoint(path string) (bool, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	return strings.Contains(string(mounts), " "+path+" "), err
}

func (n *node) NodeUnpublishVolume(_ context.Context, asked *csi.NodeUnpublishVolumeRequest) (
	*csi.NodeUnpublishVolumeResponse, error) {
	target := asked.GetTargetPath()
	err := unix.Unmount(target, 0)
	if err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
		return nil, asStatus(err) // those two say that nothing was bound
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, asStatus(err)
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}
