"""The examples that show well-known networks, drawn the way a practitioner would.

Each is the text of a drawing (see `tests.drawings.draw`) and its training settings. `python -m tests.make_examples`
makes the files in `examples/` of them.
"""

from __future__ import annotations

_RESNET_18 = """
    network Downsample out_channels=128! stride=1 sequential
        input Input shape=64,56,56
        conv Conv2d out_channels=$out_channels kernel_size=1 stride=$stride bias=False
        norm BatchNorm2d
        output Output
        input > conv > norm > output

    network BasicBlock out_channels=64! stride=1 downsample=False
        input Input shape=64,56,56
        conv1 Conv2d out_channels=$out_channels kernel_size=3 stride=$stride padding=1 bias=False
        bn1 BatchNorm2d
        relu ReLU
        conv2 Conv2d out_channels=$out_channels kernel_size=3 padding=1 bias=False
        bn2 BatchNorm2d
        downsample Network of=Downsample out_channels=$out_channels stride=$stride used=$downsample
        add Add
        relu2 ReLU layer=relu
        output Output
        input > conv1 > bn1 > relu > conv2 > bn2 > add > relu2 > output
        input > downsample > add.input2

    network Layer1 sequential
        input Input shape=64,56,56
        block1 Network of=BasicBlock out_channels=64
        block2 Network of=BasicBlock out_channels=64
        output Output
        input > block1 > block2 > output
"""
for _i, _channels in enumerate((128, 256, 512)):
    _RESNET_18 += f"""
    network Layer{_i + 2} sequential
        input Input shape={_channels // 2},{56 >> _i},{56 >> _i}
        block1 Network of=BasicBlock out_channels={_channels} stride=2 downsample=True
        block2 Network of=BasicBlock out_channels={_channels}
        output Output
        input > block1 > block2 > output
"""
_RESNET_18 += """
    main ResNet18
        random RandomTensors samples=8 input_shape=3,224,224 target=classes classes=1000
        conv1 Conv2d out_channels=64 kernel_size=7 stride=2 padding=3 bias=False
        bn1 BatchNorm2d
        relu ReLU
        maxpool MaxPool2d kernel_size=3 stride=2 padding=1
        layer1 Network of=Layer1
        layer2 Network of=Layer2
        layer3 Network of=Layer3
        layer4 Network of=Layer4
        avgpool AdaptiveAvgPool2d
        flatten Flatten
        fc Linear out_features=1000
        loss CrossEntropyLoss
        random.x > conv1 > bn1 > relu > maxpool > layer1 > layer2 > layer3 > layer4 > avgpool > flatten > fc > loss
        random.y > loss.target
"""


def _features() -> str:
    """The convolutions of VGG-11 in a row."""
    lines = ["network Features sequential", "input Input shape=3,224,224"]
    chain = ["input"]
    convs = pools = 0
    for width in (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool"):
        if width == "pool":
            pools += 1
            lines.append(f"pool{pools} MaxPool2d kernel_size=2")
            chain.append(f"pool{pools}")
        else:
            convs += 1
            lines += [f"conv{convs} Conv2d out_channels={width} kernel_size=3 padding=1", f"relu{convs} ReLU"]
            chain += [f"conv{convs}", f"relu{convs}"]
    return "\n".join([*lines, "output Output", " > ".join([*chain, "output"])])


_VGG_11 = f"""
    {_features()}

    network Classifier sequential
        input Input shape=25088
        fc1 Linear out_features=4096
        relu1 ReLU
        dropout1 Dropout
        fc2 Linear out_features=4096
        relu2 ReLU
        dropout2 Dropout
        fc3 Linear out_features=1000
        output Output
        input > fc1 > relu1 > dropout1 > fc2 > relu2 > dropout2 > fc3 > output

    main VGG11
        random RandomTensors samples=8 input_shape=3,224,224 target=classes classes=1000
        features Network of=Features
        avgpool AdaptiveAvgPool2d output_size=7
        flatten Flatten
        classifier Network of=Classifier
        loss CrossEntropyLoss
        random.x > features > avgpool > flatten > classifier > loss
        random.y > loss.target
"""

_UNET = """
    network DoubleConv channels=8!
        input Input shape=3,64,64
        conv1 Conv2d out_channels=$channels kernel_size=3 padding=1 bias=False
        norm1 BatchNorm2d
        relu ReLU
        conv2 Conv2d out_channels=$channels kernel_size=3 padding=1 bias=False
        norm2 BatchNorm2d
        relu2 ReLU layer=relu
        output Output
        input > conv1 > norm1 > relu > conv2 > norm2 > relu2 > output

    network Down channels=16! sequential
        input Input shape=8,64,64
        pool MaxPool2d kernel_size=2
        conv Network of=DoubleConv channels=$channels
        output Output
        input > pool > conv > output

    network Up channels=32!
        input Input shape=64,8,8
        skip Input shape=32,16,16
        up ConvTranspose2d out_channels=$channels kernel_size=2 stride=2
        cat Concat
        conv Network of=DoubleConv channels=$channels
        output Output
        skip > cat
        input > up > cat.input2
        cat > conv > output

    main UNet
        random RandomTensors samples=16 input_shape=3,64,64 target_shape=1,64,64
        inc Network of=DoubleConv channels=8
        down1 Network of=Down channels=16
        down2 Network of=Down channels=32
        down3 Network of=Down channels=64
        up3 Network of=Up channels=32
        up2 Network of=Up channels=16
        up1 Network of=Up channels=8
        outc Conv2d out_channels=1 kernel_size=1
        foreground Compare
        mask ToFloat
        loss BCEWithLogitsLoss
        random.x > inc > down1 > down2 > down3 > up3 > up2 > up1 > outc > loss
        down2 > up3.skip
        down1 > up2.skip
        inc > up1.skip
        random.y > foreground > mask > loss.target
"""

_MOBILENET_V2 = """
    network Bottleneck hidden=96! out_channels=24! stride=1 sequential
        input Input shape=16,32,32
        expand Conv2d out_channels=$hidden kernel_size=1 bias=False
        expand_norm BatchNorm2d
        expand_relu ReLU6
        depthwise Conv2d out_channels=$hidden kernel_size=3 stride=$stride padding=1 groups=$hidden bias=False
        depthwise_norm BatchNorm2d
        depthwise_relu ReLU6
        project Conv2d out_channels=$out_channels kernel_size=1 bias=False
        project_norm BatchNorm2d
        output Output
        input > expand > expand_norm > expand_relu > depthwise > depthwise_norm > depthwise_relu > project
        project > project_norm > output

    network InvertedResidual channels=24! hidden=144!
        x Input shape=24,16,16
        conv Network of=Bottleneck hidden=$hidden out_channels=$channels
        add Add
        output Output
        x > add
        x > conv > add.input2
        add > output

    main MobileNetV2
        random RandomTensors samples=32 input_shape=3,32,32 target=classes
        stem Conv2d out_channels=16 kernel_size=3 stride=2 padding=1 bias=False
        stem_norm BatchNorm2d
        stem_relu ReLU6
        block1 Network of=Bottleneck hidden=96 out_channels=24 stride=2
        block2 Network of=InvertedResidual channels=24 hidden=144
        block3 Network of=Bottleneck hidden=144 out_channels=32 stride=2
        block4 Network of=InvertedResidual channels=32 hidden=192
        block5 Network of=InvertedResidual channels=32 hidden=192
        pool AdaptiveAvgPool2d
        flatten Flatten
        dropout Dropout p=0.2
        classifier Linear out_features=10
        loss CrossEntropyLoss
        random.x > stem > stem_norm > stem_relu > block1 > block2 > block3 > block4 > block5 > pool > flatten
        flatten > dropout > classifier > loss
        random.y > loss.target
"""

_GPT = """
    network CausalSelfAttention n_embd=64!
        input Input shape=32,64
        query Linear out_features=$n_embd
        query_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        q Transpose dim0=1 dim1=2
        key Linear out_features=$n_embd
        key_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        k Transpose dim0=1 dim1=2
        value Linear out_features=$n_embd
        value_heads Unflatten dim=2 unflattened_size=4,-1 written=function
        v Transpose dim0=1 dim1=2
        attention ScaledDotProductAttention is_causal=True
        together Transpose dim0=1 dim1=2
        join Flatten start_dim=2 written=function
        proj Linear out_features=$n_embd
        output Output
        input > query > query_heads > q > attention
        input > key > key_heads > k > attention.key
        input > value > value_heads > v > attention.value
        attention > together > join > proj > output

    network MLP n_embd=64! hidden=256! sequential
        input Input shape=32,64
        fc Linear out_features=$hidden
        gelu GELU
        proj Linear out_features=$n_embd
        dropout Dropout p=0.1
        output Output
        input > fc > gelu > proj > dropout > output

    network Block n_embd=64! hidden=256!
        x Input shape=32,64
        ln_1 LayerNorm
        attn Network of=CausalSelfAttention n_embd=$n_embd
        add_1 Add
        ln_2 LayerNorm
        mlp Network of=MLP n_embd=$n_embd hidden=$hidden
        add_2 Add
        output Output
        x > add_1
        x > ln_1 > attn > add_1.input2
        add_1 > add_2
        add_1 > ln_2 > mlp > add_2.input2
        add_2 > output

    main CharGPT
        random RandomTensors input=indices indices=65 input_shape=32 target=sequence target_shape=32 classes=65
        embedding Embedding num_embeddings=65 embedding_dim=64
        positions Parameter shape=32,64 std=0.02
        add Add
        dropout Dropout p=0.1
        blocks Repeat of=Block n_embd=64 hidden=256 repeats=4
        ln_f LayerNorm
        head Linear out_features=65 bias=False layer=embedding
        scores Transpose dim0=1 dim1=2
        loss CrossEntropyLoss
        random.x > embedding > add > dropout > blocks > ln_f > head > scores > loss
        positions > add.input2
        random.y > loss.target
"""

_LSTM = """
    main LSTMClassifier
        random RandomTensors input=indices indices=1000 input_shape=40 target=classes classes=4 samples=128
        embedding Embedding num_embeddings=1000 embedding_dim=64
        lstm LSTM hidden_size=64 num_layers=2 dropout=0.2 bidirectional=True
        pool Mean dim=1
        dropout Dropout p=0.3
        fc Linear out_features=4
        loss CrossEntropyLoss
        random.x > embedding > lstm > pool > dropout > fc > loss
        random.y > loss.target
"""

_AUTOENCODER = """
    network Encoder sequential
        input Input shape=1,8,8
        flatten Flatten
        fc1 Linear out_features=32
        relu1 ReLU
        fc2 Linear out_features=8
        output Output
        input > flatten > fc1 > relu1 > fc2 > output

    network Decoder sequential
        input Input shape=8
        fc1 Linear out_features=32
        relu1 ReLU
        fc2 Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc1 > relu1 > fc2 > tanh > unflatten > output

    main Autoencoder
        digits Digits
        encoder Network of=Encoder
        decoder Network of=Decoder
        loss MSELoss
        digits.image > encoder > decoder > loss
        digits.image > loss.target
"""

_VAE = """
    network Hidden sequential
        input Input shape=1,8,8
        flatten Flatten
        fc Linear out_features=64
        relu ReLU
        output Output
        input > flatten > fc > relu > output

    network Encoder
        input Input shape=1,8,8
        hidden Network of=Hidden
        to_mean Linear out_features=4
        to_log_var Linear out_features=4
        mean Output
        log_var Output
        input > hidden > to_mean > mean
        hidden > to_log_var > log_var

    network Decoder sequential
        input Input shape=4
        fc1 Linear out_features=64
        relu ReLU
        fc2 Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc1 > relu > fc2 > tanh > unflatten > output

    main VAE
        digits Digits
        encoder Network of=Encoder
        scale Scale factor=0.5
        std Exp
        noise RandnLike
        multiply Multiply
        z Add
        decoder Network of=Decoder
        reconstruction MSELoss
        mean_squared Square
        var Exp
        add Add
        subtract Subtract
        shift Shift offset=-1
        sum Sum dim=1
        kl Scale factor=0.5
        kl_loss Loss weight=0.01
        digits.image > encoder
        encoder.log_var > scale > std > multiply
        std > noise > multiply.input2
        encoder.mean > z
        multiply > z.input2
        z > decoder > reconstruction
        digits.image > reconstruction.target
        encoder.mean > mean_squared > add
        encoder.log_var > var > add.input2
        add > subtract
        encoder.log_var > subtract.other
        subtract > shift > sum > kl > kl_loss
"""

_SIAMESE = """
    network Branch sequential
        input Input shape=1,28,28
        conv1 Conv2d out_channels=8 kernel_size=5
        relu1 ReLU
        pool1 MaxPool2d kernel_size=2
        conv2 Conv2d out_channels=16 kernel_size=5
        relu2 ReLU
        pool2 MaxPool2d kernel_size=2
        flatten Flatten
        fc Linear out_features=32
        sigmoid Sigmoid
        output Output
        input > conv1 > relu1 > pool1 > conv2 > relu2 > pool2 > flatten > fc > sigmoid > output

    main Siamese
        first RandomTensors input_shape=1,28,28 target=classes classes=2
        second RandomTensors input_shape=1,28,28 seed=1
        branch Network of=Branch
        branch_2 Network of=Branch layer=branch
        difference Subtract
        distance Abs
        fc Linear out_features=1
        same Squeeze
        target ToFloat
        loss BCEWithLogitsLoss
        first.x > branch > difference
        second.x > branch_2 > difference.other
        difference > distance > fc > same > loss
        first.y > target > loss.target
"""

_MULTI_TASK = """
    network Trunk sequential
        input Input shape=1,8,8
        conv Conv2d out_channels=16 kernel_size=3 padding=1
        relu1 ReLU
        pool MaxPool2d kernel_size=2
        flatten Flatten
        fc Linear out_features=64
        relu2 ReLU
        output Output
        input > conv > relu1 > pool > flatten > fc > relu2 > output

    network Picture sequential
        input Input shape=64
        fc Linear out_features=64
        tanh Tanh
        unflatten Unflatten dim=1 unflattened_size=1,8,8
        output Output
        input > fc > tanh > unflatten > output

    main MultiTaskNet
        digits Digits
        trunk Network of=Trunk
        digit Linear out_features=10
        picture Network of=Picture
        digit_loss CrossEntropyLoss
        picture_loss MSELoss weight=0.5
        accuracy Accuracy
        digits.image > trunk > digit > digit_loss
        trunk > picture > picture_loss
        digits.label > digit_loss.target
        digits.image > picture_loss.target
        digit > accuracy
        digits.label > accuracy.target
"""

_DCGAN_GENERATOR = """
    main Generator
        z Input shape=100,1,1
        conv1 ConvTranspose2d out_channels=64 kernel_size=4 bias=False
        bn1 BatchNorm2d
        relu1 ReLU
        conv2 ConvTranspose2d out_channels=32 kernel_size=4 stride=2 padding=1 bias=False
        bn2 BatchNorm2d
        relu2 ReLU
        conv3 ConvTranspose2d out_channels=16 kernel_size=4 stride=2 padding=1 bias=False
        bn3 BatchNorm2d
        relu3 ReLU
        conv4 ConvTranspose2d out_channels=8 kernel_size=4 stride=2 padding=1 bias=False
        bn4 BatchNorm2d
        relu4 ReLU
        conv5 ConvTranspose2d out_channels=3 kernel_size=4 stride=2 padding=1 bias=False
        tanh Tanh
        image Output
        z > conv1 > bn1 > relu1 > conv2 > bn2 > relu2 > conv3 > bn3 > relu3 > conv4 > bn4 > relu4 > conv5 > tanh
        tanh > image
"""

_DCGAN_DISCRIMINATOR = """
    main Discriminator
        images RandomTensors input_shape=3,64,64 target=classes classes=2
        conv1 Conv2d out_channels=8 kernel_size=4 stride=2 padding=1 bias=False
        relu1 LeakyReLU negative_slope=0.2
        conv2 Conv2d out_channels=16 kernel_size=4 stride=2 padding=1 bias=False
        bn2 BatchNorm2d
        relu2 LeakyReLU negative_slope=0.2
        conv3 Conv2d out_channels=32 kernel_size=4 stride=2 padding=1 bias=False
        bn3 BatchNorm2d
        relu3 LeakyReLU negative_slope=0.2
        conv4 Conv2d out_channels=64 kernel_size=4 stride=2 padding=1 bias=False
        bn4 BatchNorm2d
        relu4 LeakyReLU negative_slope=0.2
        conv5 Conv2d out_channels=1 kernel_size=4 bias=False
        flatten Flatten start_dim=0
        real ToFloat
        loss BCEWithLogitsLoss
        images.x > conv1 > relu1 > conv2 > bn2 > relu2 > conv3 > bn3 > relu3 > conv4 > bn4 > relu4 > conv5
        conv5 > flatten > loss
        images.y > real > loss.target
"""

MODELS: dict[str, tuple[str, dict[str, object]]] = {
    "resnet18": (
        _RESNET_18,
        {"optimizer": "SGD", "learning_rate": 0.1, "optimizer_params": {"momentum": 0.9}, "batch_size": 4},
    ),
    "unet": (_UNET, {"batch_size": 8}),
    "vgg11": (
        _VGG_11,
        {"optimizer": "SGD", "learning_rate": 0.01, "optimizer_params": {"momentum": 0.9}, "batch_size": 4},
    ),
    "mobilenet_v2": (_MOBILENET_V2, {"batch_size": 16}),
    "char_gpt": (_GPT, {"optimizer": "AdamW", "optimizer_params": {"weight_decay": 0.1}, "batch_size": 32}),
    "lstm_classifier": (_LSTM, {"batch_size": 32}),
    "autoencoder": (_AUTOENCODER, {}),
    "vae": (_VAE, {}),
    "siamese": (_SIAMESE, {"batch_size": 32}),
    "multi_task": (_MULTI_TASK, {}),
    "dcgan_generator": (_DCGAN_GENERATOR, {}),
    "dcgan_discriminator": (_DCGAN_DISCRIMINATOR, {"learning_rate": 2e-4}),
}
