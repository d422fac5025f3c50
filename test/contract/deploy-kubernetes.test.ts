import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { Deployment } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { Namespace, PersistentVolumeClaim, Service } from 'kubernetes-models/v1'
import { parse, parseAllDocuments } from 'yaml'
import { needsKeys } from '../../src/server/auth/needs-keys.ts'
import { parseServiceSettings } from '../../src/server/settings/service-settings.ts'

const FOLDER = resolve(import.meta.dirname, '../../data/deploy/kubernetes')
const text = (name: string) => readFileSync(resolve(FOLDER, name), 'utf8')
const read = (name: string) => parse(text(name))

const deployment = new Deployment(read('deployment.yaml'))
const service = new Service(read('service.yaml'))
const policy = new NetworkPolicy(read('network-policy.yaml'))
const claim = new PersistentVolumeClaim(read('volume.yaml'))
const namespace = new Namespace(read('namespace.yaml'))
const kustomization = read('kustomization.yaml')
const pod = deployment.spec?.template.spec
const container = pod?.containers[0]
const settings = parseServiceSettings(text('service.json'), 'service.json', '/etc/foretoken')

describe('the manifests of the service', () => {
  it('are valid, all of them, and all of them are applied', () => {
    for (const each of [deployment, service, policy, claim, namespace]) each.validate()
    for (const file of kustomization.resources) assert.equal(parseAllDocuments(text(file)).length, 1, file)
    assert.equal(kustomization.resources.length, 5)
  })

  it('are looked at by a judge that finds what is wrong', () => {
    const wrong = read('deployment.yaml')
    wrong.spec.replicas = 'one'
    assert.throws(() => new Deployment(wrong).validate(), /replicas/)
  })

  it('have one process at a time write the store', () => {
    assert.deepEqual([deployment.spec?.replicas, deployment.spec?.strategy?.type], [1, 'Recreate'])
    assert.deepEqual(claim.spec?.accessModes, ['ReadWriteOncePod'])
  })

  it('keep to what a restricted namespace allows, and write nothing but the store and /tmp', () => {
    assert.equal(namespace.metadata?.labels?.['pod-security.kubernetes.io/enforce'], 'restricted')
    assert.equal(pod?.securityContext?.runAsNonRoot, true)
    assert.equal(pod?.securityContext?.seccompProfile?.type, 'RuntimeDefault')
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    assert.equal(pod?.automountServiceAccountToken, false)
    const writable = container?.volumeMounts?.filter(({ readOnly }) => readOnly !== true)
    assert.deepEqual(
      writable?.map(({ mountPath }) => mountPath),
      ['/var/lib/foretoken', '/tmp'],
    )
  })

  it('run as who the image is made for', () => {
    const containerfile = readFileSync(resolve(FOLDER, '../Containerfile'), 'utf8')
    const [, uid, gid] = /^USER (\d+):(\d+)$/m.exec(containerfile) ?? []
    const { runAsUser, runAsGroup, fsGroup } = pod?.securityContext ?? {}
    assert.deepEqual([runAsUser, runAsGroup, fsGroup], [Number(uid), Number(gid), Number(gid)])
  })

  it('fit together: names, ports and labels', () => {
    const labels = deployment.spec?.template.metadata?.labels ?? {}
    for (const selector of [
      deployment.spec?.selector.matchLabels,
      service.spec?.selector,
      policy.spec?.podSelector?.matchLabels,
    ])
      assert.deepEqual(selector, labels)
    const [port] = container?.ports ?? []
    assert.equal(port?.containerPort, settings.port)
    assert.equal(service.spec?.ports?.[0]?.targetPort, port?.name)
    assert.equal(policy.spec?.ingress?.[0]?.ports?.[0]?.port, port?.name)
    const volumes = Object.fromEntries((pod?.volumes ?? []).map((volume) => [volume.name, volume]))
    assert.equal(volumes.store?.persistentVolumeClaim?.claimName, claim.metadata?.name)
    assert.equal(volumes.settings?.configMap?.name, kustomization.configMapGenerator[0].name)
    assert.deepEqual(kustomization.configMapGenerator[0].files, ['service.json'])
    for (const { name } of container?.volumeMounts ?? []) assert.ok(name in volumes, name)
    const { version } = JSON.parse(readFileSync(resolve(FOLDER, '../../../package.json'), 'utf8'))
    assert.deepEqual(kustomization.images, [{ name: container?.image, newTag: version }])
  })

  it('ask for its health where that is told, and give it time to start and to end', () => {
    assert.equal(container?.livenessProbe?.httpGet?.path, '/healthz')
    assert.equal(container?.readinessProbe?.httpGet?.path, '/readyz')
    assert.ok(
      (container?.startupProbe?.failureThreshold ?? 0) * (container?.startupProbe?.periodSeconds ?? 0) >= 60,
    )
    assert.ok((pod?.terminationGracePeriodSeconds ?? 0) > settings.limits.requestTimeoutSeconds)
  })

  it('have room for what the settings allow', () => {
    assert.equal(claim.spec?.resources?.requests?.storage, '20Gi')
    assert.ok(settings.repositories.cache.mostBytes < 20 * 2 ** 30)
  })

  it('let nobody in without a key, and nothing out to the machines beside it', () => {
    assert.equal(settings.host, '0.0.0.0')
    assert.equal(needsKeys(settings), true)
    assert.deepEqual(policy.spec?.policyTypes, ['Ingress', 'Egress'])
    const [block] =
      policy.spec?.egress?.flatMap(({ to }) => to?.flatMap(({ ipBlock }) => ipBlock ?? []) ?? []) ?? []
    for (const range of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'])
      assert.ok(block?.except?.includes(range), range)
  })

  it('are put together by kubectl', (t) => {
    const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', FOLDER], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    if (error !== undefined && 'code' in error && error.code === 'ENOENT')
      return t.skip('there is no kubectl')
    assert.equal(status, 0, stderr)
    const made = parseAllDocuments(stdout).map((document) => document.toJS())
    const [name] = made.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name)
    const put = made.find(({ kind }) => kind === 'Deployment').spec.template.spec
    assert.equal(
      put.volumes.find((volume: { name: string }) => volume.name === 'settings').configMap.name,
      name,
    )
    assert.equal(put.containers[0].image, 'foretoken:0.1.0')
    assert.ok(made.every(({ kind, metadata }) => kind === 'Namespace' || metadata.namespace === 'foretoken'))
  })
})
