package main

import (
	"context"
	"fmt"

	"github.com/container-storage-interface/spec/lib/go/csi"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const snapshotGroup = "snapshot.storage.k8s.io"

// The API server keeps dataSource and dataSourceRef alike; the latter holds every kind.
func isSnapshot(from *core.TypedObjectReference) bool {
	return from.Kind == "VolumeSnapshot" && from.APIGroup != nil && *from.APIGroup == snapshotGroup
}

func isClaim(from *core.TypedObjectReference) bool {
	return from.Kind == "PersistentVolumeClaim" && (from.APIGroup == nil || *from.APIGroup == "")
}

// contentSource finds the driver's id of what a claim wants a copy of.
func (p *provisioner) contentSource(ctx context.Context, claim *core.PersistentVolumeClaim) (
	*csi.VolumeContentSource, error) {
	from := claim.Spec.DataSourceRef
	if from == nil {
		return nil, nil
	}
	if isSnapshot(from) {
		id, err := p.snapshotID(ctx, claim.Namespace, from.Name)
		return &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Snapshot{
			Snapshot: &csi.VolumeContentSource_SnapshotSource{SnapshotId: id}}}, err
	}
	id, err := p.volumeID(ctx, claim.Namespace, from.Name)
	return &csi.VolumeContentSource{Type: &csi.VolumeContentSource_Volume{
		Volume: &csi.VolumeContentSource_VolumeSource{VolumeId: id}}}, err
}

// snapshotID believes a snapshot and a content only if each names the other.
func (p *provisioner) snapshotID(ctx context.Context, namespace, name string) (string, error) {
	api := p.snapshots.SnapshotV1()
	snapshot, err := api.VolumeSnapshots(namespace).Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return "", err
	}
	state := snapshot.Status
	if state == nil || state.ReadyToUse == nil || !*state.ReadyToUse || state.BoundVolumeSnapshotContentName == nil {
		return "", fmt.Errorf("snapshot %s is not ready to use", name)
	}
	content, err := api.VolumeSnapshotContents().Get(ctx, *state.BoundVolumeSnapshotContentName, meta.GetOptions{})
	if err != nil {
		return "", err
	}
	if content.Spec.VolumeSnapshotRef.UID != snapshot.UID {
		return "", fmt.Errorf("snapshot content %s is bound to another snapshot than %s", content.Name, name)
	}
	if content.Spec.Driver != p.driver.Name {
		return "", fmt.Errorf("snapshot %s is of driver %s: use a storage class of it", name, content.Spec.Driver)
	}
	if content.Status == nil || content.Status.SnapshotHandle == nil {
		return "", fmt.Errorf("snapshot content %s has no handle yet", content.Name)
	}
	return *content.Status.SnapshotHandle, nil
}

func (p *provisioner) volumeID(ctx context.Context, namespace, name string) (string, error) {
	claim, err := p.kube.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return "", err
	}
	if claim.Spec.VolumeName == "" {
		return "", fmt.Errorf("claim %s has no volume yet", name)
	}
	volume, err := p.kube.CoreV1().PersistentVolumes().Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil {
		return "", err
	}
	if volume.Spec.CSI == nil || volume.Spec.CSI.Driver != p.driver.Name {
		return "", fmt.Errorf("claim %s is of another driver: use a storage class of it", name)
	}
	return volume.Spec.CSI.VolumeHandle, nil
}
