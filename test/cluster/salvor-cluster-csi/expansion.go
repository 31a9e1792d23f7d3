package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// resyncInterval is also how soon an expansion that failed is tried again.
const resyncInterval = 5 * time.Second

// expandClaims gives volumes the size that their claims ask for later: what external-resizer does,
// without its conditions, since a folder needs nothing to be done on the node.
func (p *provisioner) expandClaims(ctx context.Context) {
	factory := informers.NewSharedInformerFactory(p.kube, resyncInterval)
	_, err := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, changed any) {
			claim, isClaim := changed.(*core.PersistentVolumeClaim)
			if !isClaim || !wantsMore(claim) {
				return
			}
			if err := p.expand(ctx, claim); err != nil {
				fmt.Fprintf(os.Stderr, "expanding %s/%s: %v\n", claim.Namespace, claim.Name, err)
			}
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "no claim is expanded:", err)
		return
	}
	factory.Start(ctx.Done())
}

func wantsMore(claim *core.PersistentVolumeClaim) bool {
	wanted, has := claim.Spec.Resources.Requests[core.ResourceStorage], claim.Status.Capacity[core.ResourceStorage]
	return claim.Status.Phase == core.ClaimBound && wanted.Cmp(has) > 0
}

func (p *provisioner) expand(ctx context.Context, claim *core.PersistentVolumeClaim) error {
	volumes, claims := p.kube.CoreV1().PersistentVolumes(), p.kube.CoreV1().PersistentVolumeClaims(claim.Namespace)
	volume, err := volumes.Get(ctx, claim.Spec.VolumeName, meta.GetOptions{})
	if err != nil {
		return err
	}
	if volume.Spec.CSI == nil || volume.Spec.CSI.Driver != p.driver.Name {
		return nil
	}
	wanted := claim.Spec.Resources.Requests[core.ResourceStorage]
	answer, err := p.calls.ControllerExpandVolume(ctx, &csi.ControllerExpandVolumeRequest{
		VolumeId: volume.Spec.CSI.VolumeHandle, CapacityRange: &csi.CapacityRange{RequiredBytes: wanted.Value()}})
	if err != nil {
		return err
	}
	capacity := map[string]any{"storage": bytes(answer.GetCapacityBytes())}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"capacity": capacity}})
	if err != nil {
		return err
	}
	if _, err := volumes.Patch(ctx, volume.Name, types.MergePatchType, patch, meta.PatchOptions{}); err != nil {
		return err
	}
	if patch, err = json.Marshal(map[string]any{"status": map[string]any{"capacity": capacity}}); err != nil {
		return err
	}
	_, err = claims.Patch(ctx, claim.Name, types.MergePatchType, patch, meta.PatchOptions{}, "status")
	return err
}
