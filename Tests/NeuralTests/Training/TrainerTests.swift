import AkinNeural
import Foundation
import Testing

/// A small network that learns a curve, with dropout so that randomness matters.
final class CurveFit: Trainable {
  let hidden: Linear, output: Linear
  private let x: Tensor, y: Tensor
  private let dropout: Double
  /// What `validate` answers, epoch by epoch; the loss where there is none left.
  var answers: [Double] = []

  init(seed: UInt64 = 1, dropout: Double = 0.1) throws {
    let generator = try Generator(seed: seed)
    hidden = try Linear(2, 16, using: generator)
    output = try Linear(16, 1, using: generator)
    x = try Tensor.randomNormal([96, 2], using: generator)
    y = try x.power(2).sum([1], keepingDimensions: true)
    self.dropout = dropout
  }

  var parameters: [Parameter] {
    var all = hidden.parameters.map {
      Parameter(name: "hidden." + $0.name, tensor: $0.tensor, decays: $0.decays)
    }
    all += output.parameters.map {
      Parameter(name: "output." + $0.name, tensor: $0.tensor, decays: $0.decays)
    }
    return all
  }

  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    let order = try Tensor.randomPermutation(96, using: Generator(seed: seed))
      .elements(as: Int.self)
    return stride(from: 0, to: 96, by: 32).map { start in
      [Array(order[start..<start + 16]), Array(order[start + 16..<start + 32])]
    }
  }

  func weight(of batch: [Int]) -> Double { Double(batch.count) }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    let rows = try Tensor(batch)
    let states = try pass.dropout(hidden(x.indexSelect(dimension: 0, rows)).relu(), dropout)
    return try Loss.meanSquared(output(states), y.indexSelect(dimension: 0, rows))
  }

  func validate() throws -> [String: Double] {
    if !answers.isEmpty { return ["score": answers.removeFirst()] }
    return ["error": try Loss.meanSquared(output(hidden(x).relu()), y).item()]
  }

  var values: [Float] {
    get throws { try parameters.flatMap { try $0.tensor.detached().floats() } }
  }
}

@Suite struct TrainerTests {
  private func options(_ optimiser: Optimiser, rate: Double, epochs: Int = 40) -> TrainingOptions {
    var options = TrainingOptions(epochs: epochs)
    options.optimiser = optimiser
    options.schedule = Schedule(peak: rate, warmUp: 0.1, shape: .cosine())
    options.clipNorm = 5
    return options
  }

  @Test(arguments: [
    (Optimiser.adamW(), 0.02), (.sgd(), 0.02), (.sgd(nesterov: true), 0.02), (.adagrad(), 0.1),
  ])
  func everyOptimiserLearns(_ optimiser: Optimiser, _ rate: Double) throws {
    let model = try CurveFit(dropout: 0)
    let before = try #require(try model.validate()["error"])
    let history = try Trainer(options(optimiser, rate: rate)).fit(model)
    let after = try #require(history.epochs.last?.metrics["error"])
    #expect(after < before / 8, "\(before) → \(after)")
    #expect(history.epochs.count == 40 && history.best == 40)
  }

  /// The formula of AdamW, by hand, for one parameter and two steps.
  @Test func adamWFollowsItsFormula() throws {
    final class Slope: Trainable {
      let w: Tensor
      init() throws { w = try Tensor([2 as Float]).requiringGrad() }
      var parameters: [Parameter] { [Parameter(name: "w", tensor: w, decays: true)] }
      func batches(epoch: Int, seed: UInt64) -> [[Int]] { [[0]] }
      func loss(of batch: Int, _ pass: Pass) throws -> Tensor { try (w * w).sum() }
    }
    let model = try Slope()
    var options = TrainingOptions(epochs: 2)
    options.schedule = Schedule(peak: 0.1)
    options.regularisation = Regularisation(l2: 0.5)
    _ = try Trainer(options).fit(model)
    var (w, m, v) = (2.0, 0.0, 0.0)
    for step in 1...2 {
      let g = 2 * w
      (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g)
      let (mean, square) = (m / (1 - pow(0.9, Double(step))), v / (1 - pow(0.999, Double(step))))
      w -= 0.1 * 0.5 * w
      w -= 0.1 * mean / (square.squareRoot() + 1e-8)
    }
    #expect(try abs(model.w.detached().item() - w) < 1e-5)
  }

  @Test func aSeedGivesTheSameNumbers() throws {
    func trained(_ seed: UInt64) throws -> [Float] {
      var options = options(.adamW(), rate: 0.02, epochs: 3)
      options.seed = seed
      let model = try CurveFit()
      _ = try Trainer(options).fit(model)
      return try model.values
    }
    #expect(try trained(1) == trained(1))
    #expect(try trained(1) != trained(2))
  }

  /// Stopped in the middle of an epoch and started again from the file.
  @Test(arguments: [Optimiser.adamW(), .sgd(), .adagrad()])
  func aCheckpointResumesToTheSameNumbers(_ optimiser: Optimiser) throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    var options = options(optimiser, rate: 0.02, epochs: 5)
    options.earlyStopping = .init("error", patience: 5, largerIsBetter: false)
    let whole = try CurveFit()
    let history = try Trainer(options).fit(whole)

    options.checkpoint = folder.file("run.safetensors")
    var trainer = Trainer(options)
    trainer.report = { if $0.epoch == 3 && $0.step == 2 { throw Stop() } }
    #expect(throws: Stop.self) { try trainer.fit(CurveFit()) }
    let resumed = try CurveFit(seed: 99)
    // Other data would be another run: only the parameters may differ at the start.
    let model = try CurveFit()
    try model.hidden.load(
      Dictionary(uniqueKeysWithValues: resumed.hidden.parameters.map { ($0.name, $0.tensor) }))
    let continued = try Trainer(options).fit(model)
    #expect(try model.values == whole.values)
    #expect(continued.epochs.map(\.loss) == history.epochs.map(\.loss))
    #expect(continued.best == history.best)
    #expect(try folder.names == ["run.safetensors"])
  }

  @Test func aForeignCheckpointIsRefused() throws {
    let folder = try TemporaryFolder()
    var options = TrainingOptions(epochs: 1)
    options.checkpoint = try folder.write(Array("no checkpoint".utf8), to: "run.safetensors")
    let model = try CurveFit()
    let before = try model.values
    #expect(throws: SafetensorsError.self) { try Trainer(options).fit(model) }
    try SafetensorsFile.write(["x": Tensor([1 as Float])], to: folder.file("run.safetensors"))
    #expect(throws: CheckpointError.self) { try Trainer(options).fit(model) }
    try SafetensorsFile.write(
      ["model.w": Tensor([1 as Float])], metadata: ["history": #"{"epochs":[]}"#],
      to: folder.file("run.safetensors"))
    #expect(throws: CheckpointError.self) { try Trainer(options).fit(model) }
    #expect(try model.values == before)
  }

  @Test func stopsEarlyAndKeepsTheBest() throws {
    let model = try CurveFit()
    model.answers = [1, 3, 2, 2.5, 2.9, 9]
    var options = options(.adamW(), rate: 0.02)
    options.earlyStopping = .init("score", patience: 3)
    let history = try Trainer(options).fit(model)
    #expect(history.epochs.count == 5 && history.best == 2)
    // The same two epochs alone.
    struct Stop: Error {}
    let short = try CurveFit()
    short.answers = [1]
    var trainer = Trainer(options)
    var afterTwo: [Float] = []
    trainer.report = { progress in
      guard progress.epoch == 2, progress.step == progress.steps else { return }
      afterTwo = try short.values
      throw Stop()
    }
    #expect(throws: Stop.self) { try trainer.fit(short) }
    #expect(try model.values == afterTwo)
    options.earlyStopping = .init("nothing", patience: 3)
    #expect(throws: NeuralError.self) { try Trainer(options).fit(CurveFit()) }
  }

  @Test func frozenPartsStay() throws {
    let model = try CurveFit()
    try model.hidden.freeze()
    let hidden = try model.hidden.weight.floats()
    let output = try model.output.weight.detached().floats()
    _ = try Trainer(options(.adamW(), rate: 0.02, epochs: 2)).fit(model)
    #expect(try model.hidden.weight.floats() == hidden)
    #expect(try model.output.weight.detached().floats() != output)
  }

  @Test func penaltiesShrinkWeights() throws {
    func size(_ regularisation: Regularisation) throws -> Double {
      var options = options(.sgd(), rate: 0.02)
      options.regularisation = regularisation
      let model = try CurveFit()
      _ = try Trainer(options).fit(model)
      return try model.hidden.weight.detached().norm().item()
    }
    let free = try size(Regularisation())
    #expect(try size(Regularisation(l1: 0.1)) < free)
    #expect(try size(Regularisation(l2: 0.1)) < free)
  }

  @Test func autocastLearnsToo() throws {
    var options = options(.adamW(), rate: 0.02)
    options.autocasts = true
    let model = try CurveFit(dropout: 0)
    let before = try #require(try model.validate()["error"])
    let history = try Trainer(options).fit(model)
    #expect(try #require(history.epochs.last?.metrics["error"]) < before / 8)
  }

  /// Steps in 1, 2 or 3 batches of different sizes add up to the same gradient.
  @Test(arguments: [Optimiser.adamW(), .sgd(), .adagrad()])
  func stepsInPartsLearnAsWholeOnes(_ optimiser: Optimiser) throws {
    final class InParts: Trainable {
      let fit: CurveFit
      let cuts: [Int]
      init(_ cuts: [Int]) throws { (fit, self.cuts) = (try CurveFit(dropout: 0), cuts) }
      var parameters: [Parameter] { fit.parameters }
      func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
        try fit.batches(epoch: epoch, seed: seed).map { step in
          let rows = step.flatMap(\.self), edges = [0] + cuts + [step.joined().count]
          return zip(edges, edges.dropFirst()).map { Array(rows[$0..<$1]) }
        }
      }
      func weight(of batch: [Int]) -> Double { fit.weight(of: batch) }
      func loss(of batch: [Int], _ pass: Pass) throws -> Tensor { try fit.loss(of: batch, pass) }
    }
    func trained(_ cuts: [Int]) throws -> (values: [Float], losses: [Double]) {
      let model = try InParts(cuts)
      var options = options(optimiser, rate: 0.02, epochs: 5)
      options.clipNorm = 0.5
      let history = try Trainer(options).fit(model)
      return (try model.fit.values, history.epochs.map(\.loss))
    }
    let whole = try trained([])
    for cuts in [[20], [5, 25]] {
      let parts = try trained(cuts)
      #expect(zip(parts.values, whole.values).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(zip(parts.losses, whole.losses).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  /// Products run in bfloat16, but steps add up in float32: one of 0.0001 is below what bfloat16
  /// can tell from 1.
  @Test func smallStepsAddUpUnderAutocast() throws {
    final class Falling: Trainable {
      let line: Linear
      init() throws {
        line = try Linear(weight: Tensor([1, 1] as [Float], shape: [1, 2]), bias: nil)
      }
      var parameters: [Parameter] { line.parameters }
      func batches(epoch: Int, seed: UInt64) throws -> [[Float]] { [[1, 2], [1, 2]] }
      func loss(of batch: Float, _ pass: Pass) throws -> Tensor {
        try line(Tensor([batch, 2 * batch], shape: [1, 2])).to(.float32).sum()
      }
    }
    let model = try Falling()
    var options = TrainingOptions(epochs: 20)
    options.optimiser = .sgd(momentum: 0)
    options.schedule = Schedule(peak: 1e-4, warmUp: 0, shape: .constant)
    options.autocasts = true
    let history = try Trainer(options).fit(model)
    // 40 steps against the mean slopes of both batches, 1.5 and 3.
    let values = try model.line.weight.detached().floats()
    #expect(abs(values[0] - (1 - 40 * 1.5e-4)) < 1e-5 && abs(values[1] - (1 - 40 * 3e-4)) < 1e-5)
    // Products follow: the copies are renewed.
    #expect((history.epochs.last?.loss ?? 9) < (history.epochs.first?.loss ?? 0))
  }

  @Test func frozenPartsAndAdaptersUnderAutocast() throws {
    let model = try CurveFit(dropout: 0)
    try model.hidden.adapt(rank: 2, using: Generator(seed: 2))
    let frozen = try model.hidden.weight.detached().floats()
    let before = try model.values
    var options = options(.adamW(), rate: 0.02)
    options.autocasts = true
    let history = try Trainer(options).fit(model)
    #expect(try model.hidden.weight.detached().floats() == frozen)
    #expect(try model.values != before)
    #expect((history.epochs.last?.loss ?? 9) < 0.6 * (history.epochs.first?.loss ?? 0))
  }

  @Test func timingAStepChangesNothing() throws {
    let model = try CurveFit()
    let before = try model.values
    var options = options(.adamW(), rate: 0.02)
    options.autocasts = true
    #expect(try Trainer(options).secondsPerStep(model) > 0)
    #expect(try model.values == before)
  }

  @Test func aLossThatIsNoNumberStops() throws {
    var options = TrainingOptions(epochs: 50)
    options.optimiser = .sgd()
    options.schedule = Schedule(peak: 1e6)
    #expect(throws: NeuralError.self) { try Trainer(options).fit(CurveFit()) }
  }

  @Test func schedulesRiseAndFall() {
    let schedule = Schedule(peak: 2, warmUp: 0.1, shape: .cosine(floor: 0.1))
    let rates = (0..<100).map { schedule.rate(step: $0, of: 100) }
    #expect(rates[0] == 0.2 && rates[9] == 2 && rates[10] == 2)
    #expect(abs(rates[55] - 1.1) < 1e-9 && rates[99] > 0.2 && rates[99] < 0.21)
    #expect(zip(rates[10...], rates[11...]).allSatisfy { $0 > $1 })
    #expect(Schedule(peak: 1, shape: .linear()).rate(step: 50, of: 100) == 0.5)
    #expect(Schedule(peak: 1).rate(step: 50, of: 100) == 1)
  }

  @Test func theCurveIsAPicture() throws {
    let model = try CurveFit()
    let history = try Trainer(options(.adamW(), rate: 0.02, epochs: 4)).fit(model)
    let svg = history.svg()
    #expect(svg.hasPrefix("<svg") && svg.components(separatedBy: "<polyline").count == 3)
    #expect(XMLCheck.isWellFormed(svg))
  }
}

/// Every opened element is closed, in order.
enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for part in text.split(separator: "<").dropFirst(0) {
      guard let end = part.firstIndex(of: ">") else { return false }
      let tag = part[..<end]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}
