import AkinNeural
import Testing

@Suite struct TensorTests {
  @Test func describesItself() throws {
    let tensor = try Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    #expect(tensor.shape == [2, 3, 4] && tensor.rank == 3 && tensor.count == 24)
    #expect(tensor.strides == [12, 4, 1] && tensor.isContiguous)
    #expect(tensor.dtype == .float32 && tensor.device == .cpu)
    #expect("\(tensor)" == "Tensor(float32, [2, 3, 4], cpu)")
    let turned = try tensor.permute([2, 0, 1])
    #expect(turned.shape == [4, 2, 3] && turned.strides == [1, 12, 4] && !turned.isContiguous)
    #expect(try turned.size(-1) == 3)
    #expect(throws: NeuralError.self) { try turned.size(3) }
    #expect(try Tensor(scalar: 3.5 as Float).shape == [])
    #expect(try Tensor([Float]()).shape == [0])
  }

  private func expectRoundTrip<Element: TensorElement & Equatable>(
    _ elements: [Element]
  ) throws {
    let tensor = try Tensor(elements)
    #expect(tensor.dtype == Element.dtype)
    #expect(try tensor.elements(as: Element.self) == elements)
  }

  @Test func elementsRoundTrip() throws {
    try expectRoundTrip([0, 255] as [UInt8])
    try expectRoundTrip([-128, 127] as [Int8])
    try expectRoundTrip([.min, .max] as [Int16])
    try expectRoundTrip([.min, .max] as [Int32])
    try expectRoundTrip([.min, .max] as [Int64])
    try expectRoundTrip([.min, .max] as [Int])
    try expectRoundTrip([-1.5, .infinity, .leastNonzeroMagnitude] as [Float])
    try expectRoundTrip([-1.5, .greatestFiniteMagnitude] as [Double])
    try expectRoundTrip([true, false])
  }

  @Test func convertsTypes() throws {
    let tensor = try Tensor([1.25, -2.75, 3] as [Float])
    #expect(try tensor.to(.int32).elements(as: Int32.self) == [1, -2, 3])
    // 3.14159 in 8 bits of fraction.
    #expect(try Tensor(scalar: 3.14159 as Float).to(.bfloat16).item() == 3.140625)
    #expect(try tensor.to(.float16).floats() == [1.25, -2.75, 3])
    #expect(try tensor.to(.float32) === tensor)
    #expect(try Tensor([1, 2] as [Int]).floats() == [1, 2])
  }

  @Test func borrowsMemoryAndGivesItBack() throws {
    final class Owner {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
      init() { _ = memory.initialize(from: [1, 2, 3, 4]) }
      deinit { memory.deallocate() }
    }
    var owner: Owner? = Owner()
    weak let witness = owner
    var row: Tensor?
    do {
      let borrowed = try #require(owner)
      let tensor = try Tensor(
        borrowing: UnsafeRawBufferPointer(borrowed.memory), ownedBy: borrowed, dtype: .float32,
        shape: [2, 2])
      borrowed.memory[3] = 5
      row = try tensor.select(dimension: 0, index: 1)
    }
    owner = nil
    #expect(witness != nil, "a view keeps the memory")
    #expect(try row?.floats() == [3, 5], "no copy was made")
    row = nil
    #expect(witness == nil)
  }

  @Test func refusesMemoryThatDoesNotFit() throws {
    final class Owner {}
    let floats: [Float] = [1, 2, 3]
    floats.withUnsafeBytes { bytes in
      let misaligned = UnsafeRawBufferPointer(rebasing: bytes[1..<9])
      #expect(throws: NeuralError.self) {
        try Tensor(borrowing: misaligned, ownedBy: Owner(), dtype: .float32, shape: [2])
      }
      #expect(throws: NeuralError.self) {
        try Tensor(borrowing: bytes, ownedBy: Owner(), dtype: .float32, shape: [4])
      }
    }
    #expect(throws: NeuralError.self) { try Tensor(floats, shape: [2]) }
    #expect(throws: NeuralError.self) { try Tensor(floats, shape: [-1, -3]) }
    #expect(throws: NeuralError.self) { try Tensor([Float](), shape: [.max, .max, 0]) }
  }

  @Test func errorsNameTheOperatorAndShapes() throws {
    let error = #expect(throws: NeuralError.self) {
      try Tensor.zeros([2, 3]).matmul(Tensor.zeros([4, 5]))
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.operation == "aten::matmul")
    #expect(error?.shapes == [[2, 3], [4, 5]])
    #expect(error?.message.contains("Exception raised from") == false)
    let index = #expect(throws: NeuralError.self) {
      try Tensor.zeros([2]).select(dimension: 0, index: 2)
    }
    #expect(index?.code == .indexOutOfRange)
    let device = #expect(throws: NeuralError.self) {
      try Tensor.zeros([2], device: .cuda(999))
    }
    #expect(device?.code == .deviceUnavailable)
    let memory = #expect(throws: NeuralError.self) { try Tensor.zeros([1 << 50]) }
    #expect(memory?.code == .outOfMemory)
    #expect(throws: NeuralError.self) { try Tensor.zeros([2]).item() }
  }

  @Test func lendsBytesInOrder() throws {
    let tensor = try Tensor([1, 2, 3, 4] as [Int32], shape: [2, 2]).transpose(0, 1)
    try tensor.withUnsafeBytes { #expect(Array($0.bindMemory(to: Int32.self)) == [1, 3, 2, 4]) }
  }

  @Test func listsDevices() throws {
    #expect(Device.available.first == .cpu && Device.cpu.isAvailable)
    #expect(!Device.cuda(-1).isAvailable)
  }
}
